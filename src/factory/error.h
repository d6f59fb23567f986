// Errors of the factory's decisions.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace hawser::factory {

// `message` says what to do and never holds a value of the configuration, nor any part of a url but its
// scheme.
inline Error MakeError(std::string_view code, std::string message) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  return error;
}

inline Error ConfigError(std::string message) {
  return MakeError("ERR_CONNECTION_CONFIG", std::move(message));
}

}  // namespace hawser::factory
