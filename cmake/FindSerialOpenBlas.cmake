# Finds a static, serial OpenBLAS: target SerialOpenBlas::SerialOpenBlas. Serial, because Java owns the threads (the
# build with threads loses a third to its locks when two callers run); static, because it is hidden in our shim.
# An installed one first; else, on Debian and Ubuntu, the package is downloaded and unpacked under
# ${PANA_DOWNLOADS}/openblas, which needs no root. Whatever goes wrong there only means that it is not found.
# To name one by hand: -DSerialOpenBlas_LIBRARY=/path/libopenblas.a -DSerialOpenBlas_INCLUDE_DIR=/path

set(_package libopenblas-serial-dev)
set(_folder ${PANA_DOWNLOADS}/openblas)

# Debian's folder "openblas-serial" is what tells the serial build from the others: nothing else is looked at.
macro(_openblas_look root)
  set(_triplet /${CMAKE_LIBRARY_ARCHITECTURE}/openblas-serial)
  find_library(SerialOpenBlas_LIBRARY libopenblas.a PATHS ${root}/usr/lib${_triplet} NO_DEFAULT_PATH)
  find_path(SerialOpenBlas_INCLUDE_DIR cblas.h PATHS ${root}/usr/include${_triplet} NO_DEFAULT_PATH)
endmacro()

function(_openblas_apt)
  execute_process(COMMAND ${APT_GET} -q -o Acquire::Retries=1 -o Acquire::http::Timeout=20
      -o Acquire::https::Timeout=20 ${ARGN}
    WORKING_DIRECTORY ${_folder} TIMEOUT 180 OUTPUT_FILE ${_folder}/apt.log ERROR_FILE ${_folder}/apt.log)
endfunction()

function(_openblas_download)
  find_program(APT_GET apt-get)
  find_program(DPKG dpkg)
  if(NOT APT_GET OR NOT DPKG OR EXISTS ${_folder}/tried) # an attempt without network is slow: one is enough
    return()
  endif()
  message(STATUS "OpenBLAS: not installed; downloading ${_package} into ${_folder}")
  file(MAKE_DIRECTORY ${_folder}/lists/partial ${_folder}/cache/archives/partial)
  file(TOUCH ${_folder}/tried)
  _openblas_apt(download ${_package})
  file(GLOB deb ${_folder}/${_package}_*.deb)
  if(NOT deb)
    message(STATUS "OpenBLAS: refreshing a private copy of the package lists first")
    set(private -o Dir::State::Lists=${_folder}/lists -o Dir::Cache=${_folder}/cache
      -o APT::Update::Post-Invoke-Success= -o APT::Sandbox::User=)
    _openblas_apt(${private} update)
    _openblas_apt(${private} download ${_package})
    file(GLOB deb ${_folder}/${_package}_*.deb)
  endif()
  if(deb)
    execute_process(COMMAND ${DPKG} -x ${deb} ${_folder})
  else()
    message(STATUS "OpenBLAS: the download failed, see ${_folder}/apt.log; remove ${_folder} to try again")
  endif()
endfunction()

if(NOT EXISTS "${SerialOpenBlas_LIBRARY}") # remembered, but removed since
  unset(SerialOpenBlas_LIBRARY CACHE)
  unset(SerialOpenBlas_INCLUDE_DIR CACHE)
endif()
_openblas_look("")
if(NOT SerialOpenBlas_LIBRARY OR NOT SerialOpenBlas_INCLUDE_DIR)
  _openblas_download()
  _openblas_look(${_folder})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SerialOpenBlas REQUIRED_VARS SerialOpenBlas_LIBRARY SerialOpenBlas_INCLUDE_DIR)
if(SerialOpenBlas_FOUND AND NOT TARGET SerialOpenBlas::SerialOpenBlas)
  add_library(SerialOpenBlas::SerialOpenBlas STATIC IMPORTED)
  set_target_properties(SerialOpenBlas::SerialOpenBlas PROPERTIES
    IMPORTED_LOCATION ${SerialOpenBlas_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${SerialOpenBlas_INCLUDE_DIR})
endif()
