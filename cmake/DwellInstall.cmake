# What `cmake --install` copies. Floors that are not there yet are left out.
if(TARGET dwell)
  install(TARGETS dwell RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(TARGET dwell_app)
  # The package of `dwell report` (app/CMakeLists.txt), for PYTHONPATH too.
  install(DIRECTORY python/dwell DESTINATION ${DWELL_PYTHON_DIR} FILES_MATCHING PATTERN "*.py")
endif()
install(FILES README.md CHANGELOG.md CITATION.cff LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR})
# Found by the program as ../share/dwell/surrogate/default.h5.
install(FILES surrogate/default.h5 DESTINATION ${CMAKE_INSTALL_DATADIR}/dwell/surrogate)
if(EXISTS ${PROJECT_SOURCE_DIR}/docs)
  install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()

if(DWELL_INSTALL_LIBRARIES)
  foreach(floor base lattice cosmology params fields gw analysis surrogate)
    if(TARGET dwell_${floor})
      install(TARGETS dwell_${floor} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
      install(DIRECTORY ${floor} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dwell FILES_MATCHING PATTERN "*.h")
    endif()
  endforeach()
endif()
