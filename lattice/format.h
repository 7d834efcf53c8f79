/* Version of the layout of all files this code writes: names, shapes and meaning of groups, datasets,
 * attributes and columns. It stands on the root of every HDF5 file as `format_version` and rises with
 * each change that an older reader would misread; a checkpoint with another one is refused. */
#ifndef DW_LATTICE_FORMAT_H
#define DW_LATTICE_FORMAT_H

enum { DW_FORMAT_VERSION = 3 };

#endif
