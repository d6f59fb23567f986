// Bounds on what a source of secrets may hold (docs/secrets.md). Beyond them: ERR_SECRETS_LIMIT.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/packed.h"

namespace hawser::secrets {

// Size of one document in bytes, the size that a Kubernetes secret may have. toml++ searches some of its
// lists from the start each time, so this also bounds the time that a hostile document takes.
inline constexpr std::size_t kMaxDocumentBytes = 1024 * 1024;

// Levels of tables and arrays, whether they come from headers, dotted keys or nested values.
inline constexpr int kMaxDepth = kMaxTreeDepth;

// Bytes that all strings together may grow to by interpolation.
inline constexpr std::size_t kMaxInterpolatedBytes = 8 * 1024 * 1024;

inline Error BeyondLimit(std::string_view source, std::string message) {
  Error error;
  error.code = "ERR_SECRETS_LIMIT";
  error.source = std::string(source);
  error.message = std::move(message);
  return error;
}

inline Error TooLarge(std::string_view source) {
  return BeyondLimit(source, "the document is larger than " + std::to_string(kMaxDocumentBytes) + " bytes");
}

inline Error TooDeep(std::string_view source) {
  return BeyondLimit(source, "the values are nested more than " + std::to_string(kMaxDepth) + " levels deep");
}

}  // namespace hawser::secrets
