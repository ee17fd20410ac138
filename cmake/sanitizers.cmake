# SPDX-License-Identifier: GPL-2.0-or-later
# Sanitizers and fuzzing for the whole tree. What cannot work stops the configuration:
# a build that silently checks nothing is worse than none.

set(TIER_SANITIZE "" CACHE STRING "Sanitizers to build with: address, undefined, thread")
option(TIER_FUZZ "Build the fuzz targets (clang only)" OFF)

foreach(name IN LISTS TIER_SANITIZE)
  if(NOT name MATCHES "^(address|undefined|thread)$")
    message(FATAL_ERROR "TIER_SANITIZE: no sanitizer is called '${name}'; "
      "there are address, undefined and thread")
  endif()
endforeach()

if("thread" IN_LIST TIER_SANITIZE AND "address" IN_LIST TIER_SANITIZE)
  message(FATAL_ERROR "TIER_SANITIZE: thread and address cannot be combined")
endif()

if(TIER_SANITIZE)
  list(JOIN TIER_SANITIZE "," names)
  add_compile_options(-fsanitize=${names} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${names})
endif()

if(TIER_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "TIER_FUZZ needs clang and its libFuzzer, and this compiler is "
      "${CMAKE_C_COMPILER_ID}; configure with -DCMAKE_C_COMPILER=clang")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
