# Run at every build by base/CMakeLists.txt: writes OUTPUT, a header with the state of
# the tree and of the build, and leaves it untouched where nothing changed.
#
#   cmake -DSOURCE= -DOUTPUT= -DVERSION= -DCOMPILER= -DFLAGS= [-DGIT=] -P DwellVersion.cmake
set(hash "unknown")
set(clean false)

if(GIT)
  # Containers often mount a tree that belongs to another user, which git refuses to read
  # unless a global configuration allows it.
  cmake_path(GET OUTPUT PARENT_PATH folder)
  file(WRITE ${folder}/gitconfig "[safe]\n\tdirectory = *\n")
  set(ENV{GIT_CONFIG_GLOBAL} ${folder}/gitconfig)

  # An archive unpacked inside some other repository must not take that one's hash: the
  # way up to the top of the work tree has to be empty.
  execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse --show-cdup RESULT_VARIABLE failed OUTPUT_VARIABLE up
                  ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT failed AND up STREQUAL "")
    execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse --verify HEAD RESULT_VARIABLE failed OUTPUT_VARIABLE found
                    ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT failed)
      set(hash ${found})
      execute_process(
        COMMAND ${GIT} --no-optional-locks -C ${SOURCE} status --porcelain --untracked-files=no
        RESULT_VARIABLE failed OUTPUT_VARIABLE changes ERROR_QUIET)
      if(NOT failed AND changes STREQUAL "")
        set(clean true)
      endif()
    endif()
  endif()
endif()

foreach(value VERSION COMPILER FLAGS)
  string(REPLACE "\\" "\\\\" ${value} "${${value}}")
  string(REPLACE "\"" "\\\"" ${value} "${${value}}")
endforeach()
string(
  CONCAT text
         "#define DW_BUILD_VERSION \"${VERSION}\"\n"
         "#define DW_BUILD_GIT \"${hash}\"\n"
         "#define DW_BUILD_CLEAN ${clean}\n"
         "#define DW_BUILD_COMPILER \"${COMPILER}\"\n"
         "#define DW_BUILD_FLAGS \"${FLAGS}\"\n")
set(before "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT before STREQUAL text)
  file(WRITE ${OUTPUT} "${text}")
endif()
