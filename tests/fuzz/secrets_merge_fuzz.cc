// Documents, cut at lines of "---", as layers: the merged tree is the same as when it is merged with itself
// again, and everything in it can be explained by the layer that it says it comes from.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "secrets/answers.h"
#include "secrets/store.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using hawser::secrets::SecretStore;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  SecretStore deep("deep");
  SecretStore shallow("shallow");
  while (!text.empty()) {
    const std::size_t cut = text.find("---\n");
    const std::string layer(text.substr(0, cut));
    text.remove_prefix(cut == std::string_view::npos ? text.size() : cut + 4);
    const bool refused = !deep.AddToml("t", layer).empty();
    if (shallow.AddToml("t", layer).empty() == refused) std::abort();
    if (refused) return 0;
  }
  const std::string tree = deep.Tree();
  SecretStore again("deep");
  // Too deep for values: see secrets_toml_fuzz.cc.
  if (!again.AddValues("v", tree, true).empty()) return 0;
  if (!again.AddValues("v", tree, true).empty() || again.Tree() != tree) std::abort();
  deep.Leaves();
  shallow.Leaves();
  hawser::Value path = hawser::Value::OfType(hawser::Value::Type::kArray);
  for (const char* key : {"a", "0", "b"}) {
    path.entries.push_back({{}, hawser::Value::String(key)});
    deep.Explain(hawser::secrets::Packed(path));
    shallow.Explain(hawser::secrets::Packed(path));
  }
  return 0;
}
