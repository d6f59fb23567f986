// Any bytes as a JSON document: a tree that JavaScript can read, or an ordinary error without the values of
// the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/packed.h"
#include "secrets/json_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hawser;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Value> value = secrets::ReadJson(text);
  const std::optional<Value> answer = ReadPacked(secrets::AnswerJson(text));
  if (!answer || answer->is_table() != value.has_value()) std::abort();
  if (value) return 0;
  const Error& error = value.error();
  if (error.code == "ERR_SECRETS_PARSE" && (error.line < 1 || error.column < 1)) std::abort();
  if (error.code != "ERR_SECRETS_PARSE" && error.code != "ERR_SECRETS_LIMIT") std::abort();
  return 0;
}
