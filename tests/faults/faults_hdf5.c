/* The calls of HDF5 that lattice/ makes, but for those that close things or read messages. */
#include <hdf5.h>
#if H5_VERSION_GE(1, 14, 0)
#include <H5FDdevelop.h>
#endif

#include "tests/faults/replace_call.h"

/* HDF5_CALL(type of the result, name, parameters, arguments, result of failing) */
#define HDF5_CALL(type, name, parameters, arguments, failing) \
  REPLACE(DW_FAULT_HDF5, type, name, parameters, arguments, return failing)

HDF5_CALL(hid_t, H5Acreate2, (hid_t at, const char *name, hid_t type, hid_t space, hid_t a, hid_t b),
          (at, name, type, space, a, b), -1)
HDF5_CALL(herr_t, H5Adelete, (hid_t at, const char *name), (at, name), -1)
HDF5_CALL(htri_t, H5Aexists, (hid_t at, const char *name), (at, name), -1)
HDF5_CALL(htri_t, H5Aexists_by_name, (hid_t at, const char *object, const char *name, hid_t a), (at, object, name, a),
          -1)
HDF5_CALL(hid_t, H5Aget_space, (hid_t at), (at), -1)
HDF5_CALL(hid_t, H5Aget_type, (hid_t at), (at), -1)
HDF5_CALL(hid_t, H5Aopen_by_name, (hid_t at, const char *object, const char *name, hid_t a, hid_t b),
          (at, object, name, a, b), -1)
HDF5_CALL(herr_t, H5Aread, (hid_t at, hid_t type, void *to), (at, type, to), -1)
HDF5_CALL(herr_t, H5Awrite, (hid_t at, hid_t type, const void *from), (at, type, from), -1)
HDF5_CALL(hid_t, H5Dcreate2, (hid_t at, const char *name, hid_t type, hid_t space, hid_t a, hid_t b, hid_t c),
          (at, name, type, space, a, b, c), -1)
HDF5_CALL(haddr_t, H5Dget_offset, (hid_t at), (at), HADDR_UNDEF)
HDF5_CALL(hid_t, H5Dget_space, (hid_t at), (at), -1)
HDF5_CALL(hid_t, H5Dget_type, (hid_t at), (at), -1)
HDF5_CALL(hid_t, H5Dopen2, (hid_t at, const char *name, hid_t a), (at, name, a), -1)
HDF5_CALL(herr_t, H5Dread, (hid_t at, hid_t type, hid_t a, hid_t b, hid_t c, void *to), (at, type, a, b, c, to), -1)
HDF5_CALL(herr_t, H5Dwrite, (hid_t at, hid_t type, hid_t a, hid_t b, hid_t c, const void *from),
          (at, type, a, b, c, from), -1)
HDF5_CALL(hid_t, H5FDregister, (const H5FD_class_t *driver), (driver), -1)
HDF5_CALL(hid_t, H5Fcreate, (const char *name, unsigned flags, hid_t a, hid_t b), (name, flags, a, b), -1)
HDF5_CALL(herr_t, H5Fflush, (hid_t at, H5F_scope_t scope), (at, scope), -1)
HDF5_CALL(herr_t, H5Fget_filesize, (hid_t at, hsize_t *size), (at, size), -1)
HDF5_CALL(herr_t, H5Fget_vfd_handle, (hid_t at, hid_t a, void **handle), (at, a, handle), -1)
HDF5_CALL(hid_t, H5Fopen, (const char *name, unsigned flags, hid_t a), (name, flags, a), -1)
HDF5_CALL(hid_t, H5Gcreate2, (hid_t at, const char *name, hid_t a, hid_t b, hid_t c), (at, name, a, b, c), -1)
HDF5_CALL(herr_t, H5Gget_info_by_name, (hid_t at, const char *name, H5G_info_t *info, hid_t a), (at, name, info, a), -1)
HDF5_CALL(htri_t, H5Lexists, (hid_t at, const char *name, hid_t a), (at, name, a), -1)
HDF5_CALL(ssize_t, H5Lget_name_by_idx,
          (hid_t at, const char *group, H5_index_t index, H5_iter_order_t order, hsize_t n, char *name, size_t size,
           hid_t a),
          (at, group, index, order, n, name, size, a), -1)
HDF5_CALL(hid_t, H5Oopen, (hid_t at, const char *name, hid_t a), (at, name, a), -1)
HDF5_CALL(hid_t, H5Pcreate, (hid_t of), (of), -1)
HDF5_CALL(herr_t, H5Pset_alloc_time, (hid_t list, H5D_alloc_time_t when), (list, when), -1)
HDF5_CALL(herr_t, H5Pset_create_intermediate_group, (hid_t list, unsigned yes), (list, yes), -1)
HDF5_CALL(herr_t, H5Pset_driver, (hid_t list, hid_t driver, const void *info), (list, driver, info), -1)
HDF5_CALL(herr_t, H5Pset_fclose_degree, (hid_t list, H5F_close_degree_t degree), (list, degree), -1)
HDF5_CALL(herr_t, H5Pset_fill_time, (hid_t list, H5D_fill_time_t when), (list, when), -1)
HDF5_CALL(herr_t, H5Pset_layout, (hid_t list, H5D_layout_t layout), (list, layout), -1)
HDF5_CALL(hid_t, H5Screate, (H5S_class_t class), (class), -1)
HDF5_CALL(hid_t, H5Screate_simple, (int rank, const hsize_t *now, const hsize_t *most), (rank, now, most), -1)
HDF5_CALL(int, H5Sget_simple_extent_dims, (hid_t at, hsize_t *now, hsize_t *most), (at, now, most), -1)
HDF5_CALL(int, H5Sget_simple_extent_ndims, (hid_t at), (at), -1)
HDF5_CALL(hssize_t, H5Sget_simple_extent_npoints, (hid_t at), (at), -1)
HDF5_CALL(herr_t, H5Sselect_hyperslab,
          (hid_t at, H5S_seloper_t how, const hsize_t *start, const hsize_t *stride, const hsize_t *count,
           const hsize_t *block),
          (at, how, start, stride, count, block), -1)
HDF5_CALL(hid_t, H5Tcopy, (hid_t type), (type), -1)
HDF5_CALL(H5T_class_t, H5Tget_class, (hid_t type), (type), H5T_NO_CLASS)
HDF5_CALL(size_t, H5Tget_size, (hid_t type), (type), 0)
HDF5_CALL(htri_t, H5Tis_variable_str, (hid_t type), (type), -1)
HDF5_CALL(herr_t, H5Tset_cset, (hid_t type, H5T_cset_t set), (type, set), -1)
HDF5_CALL(herr_t, H5Tset_size, (hid_t type, size_t size), (type, size), -1)
HDF5_CALL(herr_t, H5Tset_strpad, (hid_t type, H5T_str_t how), (type, how), -1)
