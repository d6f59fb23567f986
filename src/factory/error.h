// The error of a factory decision.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace hawser::factory {

// `code` is one of the codes in js/errors.js. `message` says what to do and never holds a value of the
// configuration, nor any part of a url but its scheme.
struct Error {
  std::string_view code;
  std::string message;
};

inline Error ConfigError(std::string message) { return {"ERR_CONNECTION_CONFIG", std::move(message)}; }

}  // namespace hawser::factory
