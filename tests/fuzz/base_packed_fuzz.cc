// Any bytes: they are a tree or none, and a tree is written as it was read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/packed.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto tree = hawser::ReadPacked(bytes);
  if (!tree) return 0;
  std::string written;
  hawser::WritePacked(*tree, written);
  if (written != bytes) std::abort();
  return 0;
}
