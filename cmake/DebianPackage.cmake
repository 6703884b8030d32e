# debian_package(name folder): downloads a package of Debian or Ubuntu and unpacks it into the folder, which needs no root.
# Whatever goes wrong there only means that the folder has no such files; it is tried once.

function(_apt folder)
  execute_process(COMMAND ${APT_GET} -q -o Acquire::Retries=1 -o Acquire::http::Timeout=20
      -o Acquire::https::Timeout=20 ${ARGN}
    WORKING_DIRECTORY ${folder} TIMEOUT 180 OUTPUT_FILE ${folder}/apt.log ERROR_FILE ${folder}/apt.log)
endfunction()

function(debian_package name folder)
  find_program(APT_GET apt-get)
  find_program(DPKG dpkg)
  if(NOT APT_GET OR NOT DPKG OR EXISTS ${folder}/tried) # an attempt without network is slow: one is enough
    return()
  endif()
  message(STATUS "${name}: not installed; downloading it into ${folder}")
  file(MAKE_DIRECTORY ${folder}/lists/partial ${folder}/cache/archives/partial)
  file(TOUCH ${folder}/tried)
  _apt(${folder} download ${name})
  file(GLOB deb ${folder}/${name}_*.deb)
  if(NOT deb)
    message(STATUS "${name}: refreshing a private copy of the package lists first")
    set(private -o Dir::State::Lists=${folder}/lists -o Dir::Cache=${folder}/cache
      -o APT::Update::Post-Invoke-Success= -o APT::Sandbox::User=)
    _apt(${folder} ${private} update)
    _apt(${folder} ${private} download ${name})
    file(GLOB deb ${folder}/${name}_*.deb)
  endif()
  if(deb)
    execute_process(COMMAND ${DPKG} -x ${deb} ${folder})
  else()
    message(STATUS "${name}: the download failed, see ${folder}/apt.log; remove ${folder} to try again")
  endif()
endfunction()
