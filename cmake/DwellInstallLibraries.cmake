# The libraries for other programs: find_package(dwell) gives dwell::surrogate and the floors below it, `pkg-config dwell`
# all of them. Headers are included as here, "lattice/field.h". Those of a floor's own (_private) and those that
# need the headers of a library it links stay at home.
include(CMakePackageConfigHelpers)

set(dwell_floors surrogate analysis gw fields params cosmology lattice base)
set(dwell_config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/dwell)

foreach(floor ${dwell_floors})
  set_target_properties(dwell_${floor} PROPERTIES EXPORT_NAME ${floor})
  target_include_directories(dwell_${floor} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/dwell>)
  install(
    TARGETS dwell_${floor}
    EXPORT dwell-targets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
  install(
    DIRECTORY ${floor}
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dwell
    COMPONENT development
    FILES_MATCHING
    PATTERN "*.h"
    PATTERN "*_private.h" EXCLUDE
    PATTERN "lattice/file_memory.h" EXCLUDE
    PATTERN "lattice/random.h" EXCLUDE
    PATTERN "params/source.h" EXCLUDE)
endforeach()
set_target_properties(dwell_options PROPERTIES EXPORT_NAME options)
install(TARGETS dwell_options EXPORT dwell-targets)
install(
  EXPORT dwell-targets
  NAMESPACE dwell::
  DESTINATION ${dwell_config_dir}
  COMPONENT development)

configure_package_config_file(cmake/dwell-config.cmake.in ${PROJECT_BINARY_DIR}/dwell-config.cmake
                              INSTALL_DESTINATION ${dwell_config_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/dwell-config-version.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES ${PROJECT_BINARY_DIR}/dwell-config.cmake ${PROJECT_BINARY_DIR}/dwell-config-version.cmake
        cmake/DwellDependencies.cmake cmake/FindFFTW.cmake
  DESTINATION ${dwell_config_dir}
  COMPONENT development)

install(
  FILES LICENSE
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libdwell-dev
  RENAME copyright
  COMPONENT development)

# --- pkg-config ---

# Modules of pkg-config are required by name, the others are named as they were found. All are needed to link, as the
# libraries are static.
set(DWELL_PC_LIBS "")
foreach(floor ${dwell_floors})
  string(APPEND DWELL_PC_LIBS " -ldwell_${floor}")
endforeach()
string(JOIN " " DWELL_PC_OTHERS ${MPI_C_LIBRARIES} ${FFTW_DOUBLE_LIBRARY} ${FFTW_SINGLE_LIBRARY} ${PNG_LIBRARIES}
       ${OpenMP_C_FLAGS} -ldl -lm)
# OpenBLAS goes before GSL, whose own library has the same names.
set(DWELL_PC_REQUIRES "openblas, lapacke, gsl, nlopt, libconfig >= 1.5")
if(hdf5_FOUND)
  string(APPEND DWELL_PC_REQUIRES ", hdf5-openmpi")
else()
  string(JOIN " " DWELL_PC_OTHERS ${HDF5_C_LIBRARIES} ${DWELL_PC_OTHERS})
endif()
# Found from where the file lies, so that the prefix may be chosen at `cmake --install`.
file(RELATIVE_PATH DWELL_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/dwell.pc.in ${PROJECT_BINARY_DIR}/dwell.pc @ONLY)
install(
  FILES ${PROJECT_BINARY_DIR}/dwell.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
  COMPONENT development)
