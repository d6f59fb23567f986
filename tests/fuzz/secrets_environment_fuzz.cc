// Lines NAME=value as an environment, over a tree with keys of mixed case.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "secrets/answers.h"
#include "secrets/store.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using hawser::Value;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Value variables;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() < text.size() ? line.size() + 1 : line.size());
    const std::string_view value = line.find('=') < line.size() ? line.substr(line.find('=') + 1) : "";
    hawser::secrets::Set(variables, line.substr(0, line.find('=')), value);
  }
  hawser::secrets::SecretStore store("deep");
  if (!store.AddToml("t", "[Connections.Pets_DB]\nurl = 1\nURL = 2\n[a]\nb = [1]").empty()) std::abort();
  if (!store.AddEnvironment("e", "P__", hawser::secrets::Packed(variables)).empty()) return 0;
  if (store.Tree().find("Connections") == std::string::npos) std::abort();
  store.Leaves();
  return 0;
}
