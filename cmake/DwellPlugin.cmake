# dwell_plugin_values(OUTPUT): a header with what dwell needs to compile a potential of the user's own: the compiler and
# the flags of its own kernels, less sanitizers, which a shared object can't be loaded with on its own; and the text of
# fields/dwell_potential.h and fields/dwell_kick.h, so that an installed program needs no source tree.
function(dwell_plugin_values output)
  set(flags -fno-fast-math -std=gnu17 -O3 ${dwell_code_flags}) # DWELL_CC may ask for other arithmetic than the program's
  list(FILTER flags EXCLUDE REGEX "sanitize|frame-pointer")
  check_c_compiler_flag(-fopenmp-simd dwell_has_openmp_simd)
  if(dwell_has_openmp_simd)
    list(APPEND flags -fopenmp-simd)
  endif()
  list(TRANSFORM flags REPLACE "(.+)" "\"\\1\"")
  list(JOIN flags ", " flags)
  set(texts "")
  foreach(name potential kick)
    set(header ${PROJECT_SOURCE_DIR}/fields/dwell_${name}.h)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
    file(READ ${header} bytes HEX)
    string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    string(APPEND texts "static const char dw_plugin_${name}_text[] = {\n${bytes}};\n")
  endforeach()
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT "#define DW_PLUGIN_COMPILER \"@CMAKE_C_COMPILER@\"
#define DW_PLUGIN_FLAGS @flags@
@texts@")
endfunction()
