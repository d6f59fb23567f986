// Any bytes as a TOML document: a tree or an ordinary error with a position and without the values of the
// text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/packed.h"
#include "secrets/toml_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hawser;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Value> value = secrets::ReadToml(text, "fuzz", 0);
  if (!value) {
    const Error& error = value.error();
    if (error.line < 1 || error.column < 1 || error.message.empty()) std::abort();
    if (error.code != "ERR_SECRETS_PARSE" && error.code != "ERR_SECRETS_LIMIT") std::abort();
    return 0;
  }
  // What was accepted can be written and read back as the same.
  std::string once;
  WritePacked(*value, once);
  const std::optional<Value> again = ReadPacked(once);
  // Deep headers of arrays count once in a document and twice as a tree.
  if (!again) return 0;
  std::string twice;
  WritePacked(*again, twice);
  if (once != twice) std::abort();
  return 0;
}
