# Finds a static, serial OpenBLAS: target SerialOpenBlas::SerialOpenBlas. Serial, because Java owns the threads (the
# build with threads loses a third to its locks when two callers run); static, because it is hidden in our shim.
# An installed one first; else, on Debian and Ubuntu, the package is downloaded and unpacked under
# ${PANA_DOWNLOADS}/openblas, which needs no root. Whatever goes wrong there only means that it is not found.
# To name one by hand: -DSerialOpenBlas_LIBRARY=/path/libopenblas.a -DSerialOpenBlas_INCLUDE_DIR=/path

include(${CMAKE_CURRENT_LIST_DIR}/DebianPackage.cmake)
set(_folder ${PANA_DOWNLOADS}/openblas)

# Debian's folder "openblas-serial" is what tells the serial build from the others: nothing else is looked at.
macro(_openblas_look root)
  set(_triplet /${CMAKE_LIBRARY_ARCHITECTURE}/openblas-serial)
  find_library(SerialOpenBlas_LIBRARY libopenblas.a PATHS ${root}/usr/lib${_triplet} NO_DEFAULT_PATH)
  find_path(SerialOpenBlas_INCLUDE_DIR cblas.h PATHS ${root}/usr/include${_triplet} NO_DEFAULT_PATH)
endmacro()

if(NOT EXISTS "${SerialOpenBlas_LIBRARY}") # remembered, but removed since
  unset(SerialOpenBlas_LIBRARY CACHE)
  unset(SerialOpenBlas_INCLUDE_DIR CACHE)
endif()
_openblas_look("")
if(NOT SerialOpenBlas_LIBRARY OR NOT SerialOpenBlas_INCLUDE_DIR)
  debian_package(libopenblas-serial-dev ${_folder})
  _openblas_look(${_folder})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SerialOpenBlas REQUIRED_VARS SerialOpenBlas_LIBRARY SerialOpenBlas_INCLUDE_DIR)
if(SerialOpenBlas_FOUND AND NOT TARGET SerialOpenBlas::SerialOpenBlas)
  add_library(SerialOpenBlas::SerialOpenBlas STATIC IMPORTED)
  set_target_properties(SerialOpenBlas::SerialOpenBlas PROPERTIES
    IMPORTED_LOCATION ${SerialOpenBlas_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${SerialOpenBlas_INCLUDE_DIR})
endif()
