# SPDX-License-Identifier: GPL-2.0-or-later
# Man pages: NAME.SECTION.scd is made into NAME.SECTION by scdoc, and installed.

option(TIER_MAN "Build the man pages (needs scdoc)" ON)

if(TIER_MAN)
  find_program(TIER_SCDOC scdoc)
  if(NOT TIER_SCDOC)
    message(FATAL_ERROR "TIER_MAN needs scdoc (Debian package scdoc); "
      "-DTIER_MAN=OFF leaves the man pages out")
  endif()
endif()

# tier_man_pages(TARGET DIR): the pages whose sources lie in DIR, built by target TARGET.
# A page that names several functions is found under each of their names.
function(tier_man_pages target dir)
  if(NOT TIER_MAN)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${dir}/*.scd)
  set(pages)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/man)
  file(MAKE_DIRECTORY ${folder})
  foreach(source IN LISTS sources)
    get_filename_component(page ${source} NAME_WLE)
    string(REGEX MATCH "[0-9]$" section ${page})
    add_custom_command(OUTPUT ${folder}/${page}
      COMMAND ${TIER_SCDOC} < ${source} > ${folder}/${page}
      DEPENDS ${source} VERBATIM)
    list(APPEND pages ${folder}/${page})
    set(found ${folder}/${page})

    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
    file(READ ${source} text)
    string(REGEX MATCH "# NAME\n+([^-]*) - " names ${text})
    string(REGEX MATCHALL "[A-Za-z0-9_]+" names "${CMAKE_MATCH_1}")
    foreach(name IN LISTS names)
      if(section EQUAL 3 AND NOT "${name}.3" STREQUAL page)
        file(WRITE ${folder}/${name}.3 ".so man3/${page}\n")
        list(APPEND found ${folder}/${name}.3)
      endif()
    endforeach()
    install(FILES ${found} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
  endforeach()
  add_custom_target(${target} ALL DEPENDS ${pages})
endfunction()
