include(FetchContent)

# header_library(NAME FOLDER HEADER URL SHA256) makes NAME an INTERFACE library for a header-only
# dependency: the system's package where there is one, otherwise the archive at URL.
#
# Of a system package only FOLDER becomes visible, through a link in the build tree. Naming
# /usr/include itself would shadow Emscripten's own C library, and find_package() searches
# Emscripten's sysroot only.
function(header_library name folder header url sha256)
  find_path(${name}_INCLUDE_DIR ${header} NO_CMAKE_FIND_ROOT_PATH
    PATHS /usr/include /usr/local/include /opt/homebrew/include)
  add_library(${name} INTERFACE)
  if(${name}_INCLUDE_DIR)
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/headers/${name})
    file(CREATE_LINK ${${name}_INCLUDE_DIR}/${folder} ${CMAKE_BINARY_DIR}/headers/${name}/${folder} SYMBOLIC)
    set(include ${CMAKE_BINARY_DIR}/headers/${name})
  else()
    message(STATUS "${header} is not installed: downloading ${url}")
    # SOURCE_SUBDIR names a folder without CMakeLists.txt: only the headers are wanted.
    FetchContent_Declare(${name}_archive URL ${url} URL_HASH SHA256=${sha256}
      DOWNLOAD_EXTRACT_TIMESTAMP OFF SOURCE_SUBDIR include/${folder})
    FetchContent_MakeAvailable(${name}_archive)
    set(include ${${name}_archive_SOURCE_DIR}/include)
  endif()
  target_include_directories(${name} SYSTEM INTERFACE ${include})
endfunction()
