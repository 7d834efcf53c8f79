# dwell_library(NAME SOURCES file... [ROWS file...] [LINK library...])
#
# One static library per floor of the house, named dwell_NAME. Files under ROWS
# are compiled twice, for float and for double (base/precision.h).
#
# LINK decides what a floor can include. Floors (dwell_...) are passed on to whoever
# links this one. Anything else (MPI, FFTW, HDF5, libconfig, ...) stays inside: its
# headers are found in this floor only. A floor's own headers, "NAME/file.h", are
# found through a folder that holds just that one name, not through the root of the
# tree, so an include that points upwards doesn't compile. Floors are added from the
# ground up, so a LINK that points upwards names a target that isn't there.
function(dwell_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;ROWS;LINK" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "dwell_library(${name}): don't know what to do with ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  set(floors ${ARG_LINK})
  list(FILTER floors INCLUDE REGEX "^dwell_")
  foreach(floor ${floors})
    if(NOT TARGET ${floor})
      message(FATAL_ERROR "dwell_library(${name}): there is no ${floor} below it")
    endif()
  endforeach()
  set(inside ${ARG_LINK})
  list(FILTER inside EXCLUDE REGEX "^dwell_")

  set(view ${PROJECT_BINARY_DIR}/include/${name})
  file(MAKE_DIRECTORY ${view})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${view}/${name} SYMBOLIC)

  add_library(dwell_${name} STATIC ${ARG_SOURCES})
  target_include_directories(dwell_${name} PUBLIC $<BUILD_INTERFACE:${view}>)
  target_link_libraries(dwell_${name} PUBLIC dwell_options ${floors} PRIVATE ${inside})
  foreach(bytes 4 8)
    if(ARG_ROWS)
      add_library(dwell_${name}_rows${bytes} OBJECT ${ARG_ROWS})
      target_compile_definitions(dwell_${name}_rows${bytes} PRIVATE DW_REAL_BYTES=${bytes})
      target_include_directories(dwell_${name}_rows${bytes} PRIVATE ${view})
      target_link_libraries(dwell_${name}_rows${bytes} PRIVATE dwell_options ${floors} ${inside})
      target_sources(dwell_${name} PRIVATE $<TARGET_OBJECTS:dwell_${name}_rows${bytes}>)
    endif()
  endforeach()
endfunction()
