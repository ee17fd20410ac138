# SPDX-License-Identifier: GPL-2.0-or-later
# What other projects build against: tier.pc and the CMake package "tier".
# Expects the export set "tier" to hold the target(s) that they may link.

include(CMakePackageConfigHelpers)

set(dir ${CMAKE_INSTALL_LIBDIR}/cmake/tier)

configure_file(${CMAKE_CURRENT_LIST_DIR}/tier.pc.in ${PROJECT_BINARY_DIR}/tier.pc @ONLY)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/tier-config.cmake.in
  ${PROJECT_BINARY_DIR}/tier-config.cmake INSTALL_DESTINATION ${dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tier-config-version.cmake
  COMPATIBILITY SameMinorVersion)

install(FILES ${PROJECT_BINARY_DIR}/tier.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${PROJECT_BINARY_DIR}/tier-config.cmake
  ${PROJECT_BINARY_DIR}/tier-config-version.cmake DESTINATION ${dir})
install(EXPORT tier FILE tier-targets.cmake NAMESPACE tier:: DESTINATION ${dir})
