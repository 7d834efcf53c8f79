# FFTW 3 with its MPI interface, in single and double precision. FFTW's own CMake
# package has no targets for MPI. FFTW_ROOT is honoured. Targets:
#
#   FFTW::double  FFTW::single  FFTW::double_mpi  FFTW::single_mpi
find_path(FFTW_INCLUDE_DIR fftw3-mpi.h)
find_library(FFTW_DOUBLE_LIBRARY fftw3)
find_library(FFTW_SINGLE_LIBRARY fftw3f)
find_library(FFTW_DOUBLE_MPI_LIBRARY fftw3_mpi)
find_library(FFTW_SINGLE_MPI_LIBRARY fftw3f_mpi)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  FFTW REQUIRED_VARS FFTW_DOUBLE_LIBRARY FFTW_SINGLE_LIBRARY FFTW_DOUBLE_MPI_LIBRARY FFTW_SINGLE_MPI_LIBRARY
                     FFTW_INCLUDE_DIR)
mark_as_advanced(FFTW_INCLUDE_DIR FFTW_DOUBLE_LIBRARY FFTW_SINGLE_LIBRARY FFTW_DOUBLE_MPI_LIBRARY
                 FFTW_SINGLE_MPI_LIBRARY)

if(FFTW_FOUND)
  foreach(precision double single)
    string(TOUPPER ${precision} upper)
    if(NOT TARGET FFTW::${precision})
      add_library(FFTW::${precision} UNKNOWN IMPORTED)
      set_target_properties(
        FFTW::${precision} PROPERTIES IMPORTED_LOCATION "${FFTW_${upper}_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES
                                                                                   "${FFTW_INCLUDE_DIR}"
                                      INTERFACE_LINK_LIBRARIES m)
    endif()
    if(NOT TARGET FFTW::${precision}_mpi)
      add_library(FFTW::${precision}_mpi UNKNOWN IMPORTED)
      set_target_properties(
        FFTW::${precision}_mpi PROPERTIES IMPORTED_LOCATION "${FFTW_${upper}_MPI_LIBRARY}"
                                          INTERFACE_LINK_LIBRARIES "FFTW::${precision};MPI::MPI_C")
    endif()
  endforeach()
endif()
