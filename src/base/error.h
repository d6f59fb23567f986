// What a core function answers when it cannot do what was asked. The core throws nothing.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace hawser {

// `code` is one of js/errors.js. No member ever holds a value of a secret: `message`, `path` and `excerpt`
// name keys, positions and what was expected, never what stands behind an equals sign.
struct Error {
  std::string_view code;  // Refers to static text.
  std::string message;
  std::string source;    // Name of the layer or its file.
  int line = 0;          // 1 is the first; 0: not applicable.
  int column = 0;        // In code points, 1 is the first; 0: not applicable.
  std::string excerpt;   // The line at fault with its values replaced, or empty.
  std::string path;      // The key concerned as a dotted path, or empty.
  std::string variable;  // The environment variable concerned, or empty.
};

template <typename T>
using Result = std::expected<T, Error>;

}  // namespace hawser
