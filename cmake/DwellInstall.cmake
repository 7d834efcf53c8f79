# What `cmake --install` copies, in two components: program (with its model, manual page, completion and documents) and
# development (static libraries, headers, a CMake package and a pkg-config file), with DWELL_INSTALL_LIBRARIES.
install(TARGETS dwell RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(
  FILES README.md CHANGELOG.md CITATION.cff LICENSE
  DESTINATION ${CMAKE_INSTALL_DOCDIR}
  COMPONENT program)
install(
  DIRECTORY examples docs
  DESTINATION ${CMAKE_INSTALL_DOCDIR}
  COMPONENT program)
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

# The program writes its manual page itself.
if(NOT CMAKE_CROSSCOMPILING)
  add_custom_command(
    OUTPUT ${PROJECT_BINARY_DIR}/dwell.1
    COMMAND dwell help --man >${PROJECT_BINARY_DIR}/dwell.1
    DEPENDS dwell
    COMMENT "Manual page")
  add_custom_target(dwell_manual ALL DEPENDS ${PROJECT_BINARY_DIR}/dwell.1)
  install(
    FILES ${PROJECT_BINARY_DIR}/dwell.1
    DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
    COMPONENT program)
endif()

if(DWELL_INSTALL_LIBRARIES)
  include(DwellInstallLibraries)
endif()
include(DwellPackage)
