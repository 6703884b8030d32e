# Configures, builds and tests one preset: cmake -DPRESET=asan -P cmake/check.cmake, from the root.
foreach(command "cmake;--preset" "cmake;--build;--preset" "ctest;--preset")
  execute_process(COMMAND ${command} ${PRESET} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
