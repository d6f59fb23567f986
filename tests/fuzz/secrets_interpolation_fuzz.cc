// Any text as a string value with references.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/utf8.h"
#include "secrets/interpolate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hawser;
  Value root = Value::OfType(Value::Type::kTable, {0, 1, 1});
  const std::string text(reinterpret_cast<const char*>(data), size);
  root.entries.push_back({"key", Value::String(text, {0, 1, 1})});
  const std::vector<bool> verbatim = {false};
  // Every variable is set, to a reference: were it looked at again the result would hold its value.
  secrets::Variables variables;
  for (const std::string& name : secrets::ReferencedVariables(root, verbatim))
    variables.emplace_back(name, "${{ \x01 }}");
  Origin origin;
  const std::optional<Error> error = secrets::Interpolate(root, variables, verbatim, origin);
  if (error) {
    if (error->code != "ERR_SECRETS_PARSE" || error->path != "key") std::abort();
    return 0;
  }
  const std::string& out = root.entries[0].value.text;
  if (text.find("${{") == std::string::npos && out != text) std::abort();
  return 0;
}
