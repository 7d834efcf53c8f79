# dwell_options: the language, the warnings and the code generation of every floor, test and benchmark.
#
# Only flags that leave each rounded result as it is: no contraction to FMA (a
# vector loop and its remainder must round alike, on every machine), no reordering,
# no -ffast-math. -fno-math-errno and -fno-trapping-math concern errno and the
# exception flags, which nothing here reads; they let loops with square roots
# and selections be vectorised.
include(CheckCCompilerFlag)
include(CheckCSourceCompiles)

set(dwell_code_flags -ffp-contract=off -fno-math-errno -fno-trapping-math)
if(DWELL_NATIVE)
  check_c_compiler_flag(-march=native dwell_has_march_native)
  if(dwell_has_march_native)
    list(APPEND dwell_code_flags -march=native)
  else()
    check_c_compiler_flag(-mcpu=native dwell_has_mcpu_native)
    if(dwell_has_mcpu_native)
      list(APPEND dwell_code_flags -mcpu=native)
    endif()
  endif()
  check_c_compiler_flag(-mprefer-vector-width=512 dwell_has_vector_width)
  if(dwell_has_vector_width)
    list(APPEND dwell_code_flags -mprefer-vector-width=512)
  endif()
endif()
# A build for any x86-64 holds its kernels for each level (base/precision.h); the flag of the width is for the highest,
# a DW_CLONE_LEVELS tells those who read `dwell --version`. Sanitizers start before the loader could choose.
if(NOT DWELL_NATIVE AND NOT DWELL_SANITIZE)
  check_c_source_compiles(
    "__attribute__((flatten, target_clones(\"default\", \"arch=x86-64-v3\", \"arch=x86-64-v4\"))) int f(int x) { return x + 1; }
     int main(void) { return f(-1); }"
    dwell_has_clones)
  if(dwell_has_clones)
    list(APPEND dwell_code_flags -mprefer-vector-width=512 -DDW_CLONE_LEVELS=1)
  endif()
endif()
if(DWELL_SANITIZE)
  list(JOIN DWELL_SANITIZE "," dwell_sanitizers)
  list(APPEND dwell_code_flags -fsanitize=${dwell_sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
endif()
if(DWELL_FUZZ)
  list(APPEND dwell_code_flags -fsanitize=fuzzer-no-link)
endif()

set(dwell_warnings
    -Wall
    -Wextra
    -Wpedantic
    -Wshadow
    -Wconversion
    -Wundef
    -Wvla
    -Wstrict-prototypes
    -Wmissing-prototypes
    -Wdouble-promotion)
if(DWELL_WERROR)
  list(APPEND dwell_warnings -Werror)
endif()

add_library(dwell_options INTERFACE)
# Programs that use the installed libraries (DwellInstall.cmake) have options of their own.
target_compile_definitions(dwell_options INTERFACE $<BUILD_INTERFACE:_POSIX_C_SOURCE=200809L>)
# Messages of failed tests name files from the root of the tree.
target_compile_options(
  dwell_options INTERFACE "$<BUILD_INTERFACE:${dwell_warnings};${dwell_code_flags};-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=>")
target_link_libraries(dwell_options INTERFACE OpenMP::OpenMP_C m)
if(DWELL_SANITIZE)
  target_link_options(dwell_options INTERFACE -fsanitize=${dwell_sanitizers})
endif()

# What `dwell --version` and the files of a run say about the build.
string(TOUPPER "${CMAKE_BUILD_TYPE}" dwell_upper_type)
string(JOIN " " DWELL_FLAGS_TEXT ${CMAKE_BUILD_TYPE}: -std=c17 ${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${dwell_upper_type}}
       ${dwell_code_flags} ${OpenMP_C_FLAGS})
