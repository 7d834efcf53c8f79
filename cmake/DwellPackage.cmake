# What `cpack` makes: dwell_VERSION_ARCHITECTURE.deb and, with DWELL_INSTALL_LIBRARIES, libdwell-dev_...; the libraries a
# program needs are looked up by dpkg-shlibdeps. A package for others is built with DWELL_NATIVE off (preset package).
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME dwell)
set(CPACK_PACKAGE_VENDOR "dwell developers")
set(CPACK_PACKAGE_CONTACT "dwell developers <dwell@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION
    "dwell evolves a scalar field with domain walls on a periodic lattice in an
expanding universe, on one machine or with MPI on many, and the gravitational
waves that the walls emit. Restarts and any number of processes give the same
bits.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_STRIP_FILES ON)
# A native build is for one kind of processor; its package says so in its name.
if(DWELL_NATIVE)
  set(CPACK_DEBIAN_PACKAGE_RELEASE native)
else()
  set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
endif()

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL program)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME dwell)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
# Open MPI starts its daemon also for one process; plug-in potentials are compiled on the machine that runs.
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS openmpi-bin)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "gcc, bash-completion, slurm-client")

if(DWELL_INSTALL_LIBRARIES)
  list(APPEND CPACK_COMPONENTS_ALL development)
  set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
      "Static libraries and headers of dwell for other programs, with a CMake package
and a pkg-config file.")
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libdwell-dev)
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
  # The packages of headers that quickstart installs, less the tools.
  file(STRINGS scripts/packages.txt packages REGEX "^lib.*-dev build$")
  list(TRANSFORM packages REPLACE " build$" "")
  list(JOIN packages ", " CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS)
endif()
include(CPack)
