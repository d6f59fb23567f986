# freestanding_module(NAME SOURCE.cc [DEPENDS header…]) builds NAME.wasm: a module without libc, start function, data or
# stack, that imports its memory and every function it does not define from "env". It can be instantiated against the
# memory of another module. Exports are named by export_name attributes.
#
# Such a module must not have a stack of its own: its __stack_pointer would lie inside the other module's data. So the
# build fails when the compiler needs one, and when there is static data, which would land there too.

if(NOT CMAKE_SCRIPT_MODE_FILE)
  function(freestanding_module name source)
    cmake_parse_arguments(arg "" "" "DEPENDS" ${ARGN})
    # The linker that belongs to em++. Debian's carries its version in its name.
    find_program(HAWSER_EM_CONFIG em-config HINTS ${EMSCRIPTEN_ROOT_PATH} REQUIRED NO_CMAKE_FIND_ROOT_PATH)
    if(NOT HAWSER_WASM_LD)
      execute_process(COMMAND ${HAWSER_EM_CONFIG} LLVM_ROOT OUTPUT_VARIABLE root OUTPUT_STRIP_TRAILING_WHITESPACE)
      execute_process(COMMAND ${HAWSER_EM_CONFIG} LLVM_ADD_VERSION
        OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
      find_program(HAWSER_WASM_LD NAMES wasm-ld-${version} wasm-ld HINTS ${root} REQUIRED NO_CMAKE_FIND_ROOT_PATH)
    endif()
    set(script ${PROJECT_SOURCE_DIR}/tools/cmake/FreestandingModule.cmake)
    set(source ${CMAKE_CURRENT_SOURCE_DIR}/${source})
    list(TRANSFORM arg_DEPENDS PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    add_custom_command(OUTPUT ${name}.wasm
      COMMAND ${CMAKE_COMMAND} -DCOMPILER=${CMAKE_CXX_COMPILER} -DLINKER=${HAWSER_WASM_LD}
        -DSOURCE=${source} -DOUTPUT=${CMAKE_CURRENT_BINARY_DIR}/${name}.wasm -P ${script}
      DEPENDS ${source} ${arg_DEPENDS} ${script} VERBATIM)
    add_custom_target(${name} ALL DEPENDS ${name}.wasm)
  endfunction()
  return()
endif()

# What follows runs at build time.
cmake_minimum_required(VERSION 3.25)
cmake_path(REPLACE_EXTENSION OUTPUT s OUTPUT_VARIABLE assembly)
cmake_path(REPLACE_EXTENSION OUTPUT o OUTPUT_VARIABLE object)
file(REMOVE ${OUTPUT})

# -mbulk-memory turns memcpy of a variable length into an instruction.
set(flags -std=c++23 -O3 -ffreestanding -mbulk-memory -fno-exceptions -fno-rtti -Wall -Wextra)
execute_process(COMMAND_ERROR_IS_FATAL ANY COMMAND ${COMPILER} ${flags} -S ${SOURCE} -o ${assembly})
file(READ ${assembly} text)
if(text MATCHES "__stack_pointer")
  message(FATAL_ERROR "${SOURCE} needs a stack (__stack_pointer in ${assembly}), but it runs in the memory of another "
    "module: find the local whose address is taken, and inline or split the function.")
endif()
if(text MATCHES "\n[ \t]*\\.section[ \t]+\\.(data|rodata|bss|tdata|tbss|init_array)[.]?([^,]*)")
  message(FATAL_ERROR "${SOURCE} has static data (${CMAKE_MATCH_1} ${CMAKE_MATCH_2} in ${assembly}), but it runs in the "
    "memory of another module: pass it in, or compute it.")
endif()
if(text MATCHES "\n[ \t]*\\.(functype)[ \t]+(mem[a-z]+|str[a-z]+)")
  message(FATAL_ERROR "${SOURCE} calls ${CMAKE_MATCH_2}, but there is no C or C++ library to provide it.")
endif()

execute_process(COMMAND_ERROR_IS_FATAL ANY COMMAND ${COMPILER} ${flags} -c ${SOURCE} -o ${object})
execute_process(COMMAND_ERROR_IS_FATAL ANY
  COMMAND ${LINKER} --no-entry --import-memory --import-undefined --strip-all -z stack-size=0 ${object} -o ${OUTPUT})
