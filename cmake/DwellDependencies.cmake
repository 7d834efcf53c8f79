# Everything the floors link, as imported targets:
#
#   MPI::MPI_C  OpenMP::OpenMP_C  FFTW::double  FFTW::single  FFTW::double_mpi  FFTW::single_mpi
#   dwell::hdf5 (parallel)  PkgConfig::libconfig  PNG::PNG  dwell::random123
#   PkgConfig::gsl  PkgConfig::openblas  PkgConfig::lapacke  PkgConfig::nlopt  PkgConfig::cmocka (tests)
#
# All that is missing is reported at once, with the Debian packages that hold it.
set(dwell_missing "")

function(dwell_need what found packages)
  if(NOT found)
    set(dwell_missing "${dwell_missing}\n  ${what}: ${packages}" PARENT_SCOPE)
  endif()
endfunction()

find_package(PkgConfig QUIET)
if(NOT PKG_CONFIG_FOUND)
  message(FATAL_ERROR "pkg-config is missing. Debian, Ubuntu: apt-get install pkg-config")
endif()

find_package(OpenMP QUIET COMPONENTS C)
dwell_need("OpenMP" "${OpenMP_C_FOUND}" "gcc has it built in; for clang: libomp-dev")

find_package(MPI QUIET COMPONENTS C)
dwell_need("MPI" "${MPI_C_FOUND}" "libopenmpi-dev openmpi-bin")

find_package(FFTW QUIET)
dwell_need("FFTW 3, single and double, with MPI" "${FFTW_FOUND}" "libfftw3-dev libfftw3-mpi-dev")

# Debian has serial and parallel builds of HDF5 side by side; only a parallel one will do.
pkg_check_modules(hdf5 QUIET IMPORTED_TARGET hdf5-openmpi)
if(hdf5_FOUND)
  add_library(dwell::hdf5 ALIAS PkgConfig::hdf5)
else()
  set(HDF5_PREFER_PARALLEL ON)
  find_package(HDF5 QUIET COMPONENTS C)
  if(HDF5_FOUND AND HDF5_IS_PARALLEL)
    add_library(dwell_hdf5 INTERFACE IMPORTED)
    target_include_directories(dwell_hdf5 INTERFACE ${HDF5_C_INCLUDE_DIRS})
    target_link_libraries(dwell_hdf5 INTERFACE ${HDF5_C_LIBRARIES})
    add_library(dwell::hdf5 ALIAS dwell_hdf5)
  elseif(HDF5_FOUND)
    message(STATUS "HDF5 at ${HDF5_C_INCLUDE_DIRS} is a serial build; a parallel one is needed")
  endif()
endif()
if(TARGET dwell::hdf5)
  dwell_need("parallel HDF5" TRUE "")
else()
  dwell_need("parallel HDF5 (a serial build won't do)" FALSE "libhdf5-openmpi-dev")
endif()

pkg_check_modules(libconfig QUIET IMPORTED_TARGET libconfig>=1.5)
dwell_need("libconfig" "${libconfig_FOUND}" "libconfig-dev")

find_package(PNG QUIET)
dwell_need("libpng" "${PNG_FOUND}" "libpng-dev")

find_path(RANDOM123_INCLUDE_DIR Random123/threefry.h)
mark_as_advanced(RANDOM123_INCLUDE_DIR)
if(RANDOM123_INCLUDE_DIR)
  add_library(dwell_random123 INTERFACE IMPORTED)
  target_include_directories(dwell_random123 INTERFACE ${RANDOM123_INCLUDE_DIR})
  add_library(dwell::random123 ALIAS dwell_random123)
endif()
dwell_need("Random123" "${RANDOM123_INCLUDE_DIR}" "librandom123-dev")

pkg_check_modules(gsl QUIET IMPORTED_TARGET gsl)
dwell_need("GSL" "${gsl_FOUND}" "libgsl-dev")

pkg_check_modules(openblas QUIET IMPORTED_TARGET openblas)
dwell_need("OpenBLAS" "${openblas_FOUND}" "libopenblas-dev")

pkg_check_modules(lapacke QUIET IMPORTED_TARGET lapacke)
dwell_need("LAPACKE" "${lapacke_FOUND}" "liblapacke-dev")

pkg_check_modules(nlopt QUIET IMPORTED_TARGET nlopt)
dwell_need("NLopt" "${nlopt_FOUND}" "libnlopt-dev")

if(DWELL_BUILD_TESTS)
  pkg_check_modules(cmocka QUIET IMPORTED_TARGET cmocka)
  dwell_need("cmocka (or -DDWELL_BUILD_TESTS=OFF)" "${cmocka_FOUND}" "libcmocka-dev")
endif()

if(dwell_missing)
  message(FATAL_ERROR "Missing; to the right, the Debian and Ubuntu packages that hold it "
                      "(./quickstart build installs them):${dwell_missing}")
endif()
