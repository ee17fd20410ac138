# SPDX-License-Identifier: GPL-2.0-or-later
# The warnings that every C file of the project is compiled with.

option(TIER_WERROR "Treat compiler warnings as errors" OFF)

add_compile_options(
  -Wall
  -Wextra
  -Wcast-align
  -Wformat=2
  -Wimplicit-fallthrough
  -Wmissing-declarations
  -Wmissing-prototypes
  -Wnull-dereference
  -Wold-style-definition
  -Wpointer-arith
  -Wshadow
  -Wstrict-prototypes
  -Wundef
  -Wvla
  -Wwrite-strings
)

# What only gcc knows.
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wduplicated-branches -Wduplicated-cond -Wlogical-op)
else()
  # clang asks for an attribute even where a va_list is handed on.
  add_compile_options(-Wno-format-nonliteral)
endif()

if(TIER_WERROR)
  add_compile_options(-Werror)
endif()
