// What small_libc.cc asks JavaScript, for modules with JavaScript of Emscripten's.
#include <emscripten.h>

#include <cstddef>

EM_JS_DEPS(hawser_numbers, "$UTF8ToString");

EM_JS(double, hawser_parse_number, (const char* text, std::size_t length),
      { return Number(UTF8ToString(text, length)); });
