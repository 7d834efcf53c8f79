# What `cmake --install` copies, in two components: program (with its model, manual page, completion and documents) and
# development (static libraries, headers, a CMake package and a pkg-config file), with DWELL_INSTALL_LIBRARIES.
install(TARGETS dwell RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(
  FILES README.md CHANGELOG.md CITATION.cff LICENSE
  DESTINATION ${CMAKE_INSTALL_DOCDIR}
  COMPONENT program)
# Debian looks for the licence under this name.
install(
  FILES LICENSE
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/dwell
  RENAME copyright
  COMPONENT program)
install(
  DIRECTORY examples docs
  DESTINATION ${CMAKE_INSTALL_DOCDIR}
  COMPONENT program)
# The package of `dwell report` (app/CMakeLists.txt), for PYTHONPATH too.
install(
  DIRECTORY python/dwell
  DESTINATION ${DWELL_PYTHON_DIR}
  COMPONENT program
  FILES_MATCHING PATTERN "*.py")
# Found by the program as ../share/dwell/surrogate/default.h5.
install(
  FILES surrogate/default.h5
  DESTINATION ${CMAKE_INSTALL_DATADIR}/dwell/surrogate
  COMPONENT program)
# bash-completion looks for a file that is named as the command.
install(
  FILES packaging/bash/dwell
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  COMPONENT program)

# The program writes its manual page itself; without the time in it, the packed page is the same at every build.
find_program(GZIP_EXECUTABLE gzip)
mark_as_advanced(GZIP_EXECUTABLE)
if(NOT CMAKE_CROSSCOMPILING AND GZIP_EXECUTABLE)
  add_custom_command(
    OUTPUT ${PROJECT_BINARY_DIR}/dwell.1.gz
    COMMAND dwell help --man >${PROJECT_BINARY_DIR}/dwell.1
    COMMAND ${GZIP_EXECUTABLE} -9nf ${PROJECT_BINARY_DIR}/dwell.1
    DEPENDS dwell
    COMMENT "Manual page")
  add_custom_target(dwell_manual ALL DEPENDS ${PROJECT_BINARY_DIR}/dwell.1.gz)
  install(
    FILES ${PROJECT_BINARY_DIR}/dwell.1.gz
    DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
    COMPONENT program)
endif()

if(DWELL_INSTALL_LIBRARIES)
  include(DwellInstallLibraries)
endif()
include(DwellPackage)
