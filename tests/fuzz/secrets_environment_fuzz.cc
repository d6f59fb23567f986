// Lines NAME=value as an environment, over a tree with keys of mixed case.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/wire.h"
#include "secrets/store.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using hawser::WriteJsonString;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string json = "{";
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() < text.size() ? line.size() + 1 : line.size());
    if (json.size() > 1) json += ',';
    WriteJsonString(line.substr(0, line.find('=')), json);
    json += ':';
    WriteJsonString(line.find('=') < line.size() ? line.substr(line.find('=') + 1) : "", json);
  }
  json += '}';
  hawser::secrets::SecretStore store("deep");
  if (!store.AddToml("t", "[Connections.Pets_DB]\nurl = 1\nURL = 2\n[a]\nb = [1]").empty()) std::abort();
  if (!store.AddEnvironment("e", "P__", json).empty()) return 0;
  if (store.Tree().find("\"Connections\"") == std::string::npos) std::abort();
  store.Leaves();
  return 0;
}
