// What JavaScript sees of the secrets (js/secrets/store.js). Only declarations: everything is done in src/.
//
// Functions that take the number of a store, because a class costs 2.5 kB of JavaScript. They answer the size
// of what the store has to say, in bytes; address() is where it stands, until the next question. Errors are
// such answers too, never C++ exceptions. Texts may also be given as Uint8Array, trees are. Each further type
// or signature costs JavaScript, too.
#include <emscripten/bind.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "secrets/store.h"

namespace {

using hawser::secrets::SecretStore;
using Text = const std::string&;

struct Slot {
  SecretStore store;
  std::string answer;
};

// By their numbers. Null: closed.
std::vector<std::unique_ptr<Slot>> slots;

Slot& At(unsigned store) {
  if (store >= slots.size() || slots[store] == nullptr) __builtin_trap();
  return *slots[store];
}

unsigned Open(Text mode) {
  std::size_t free = 0;
  while (free < slots.size() && slots[free] != nullptr) ++free;
  if (free == slots.size()) slots.emplace_back();
  slots[free] = std::make_unique<Slot>(SecretStore(mode), std::string());
  return free;
}

unsigned Close(unsigned store) {
  At(store);
  slots[store].reset();
  return 0;
}

unsigned Address(unsigned store) { return reinterpret_cast<std::uintptr_t>(At(store).answer.data()); }

unsigned Answer(unsigned store, std::string answer) {
  At(store).answer = std::move(answer);
  return At(store).answer.size();
}

unsigned AddToml(unsigned store, Text source, Text text) {
  return Answer(store, At(store).store.AddToml(source, text));
}
unsigned AddValues(unsigned store, Text source, Text tree) {
  return Answer(store, At(store).store.AddValues(source, tree, false));
}
unsigned AddVerbatim(unsigned store, Text source, Text tree) {
  return Answer(store, At(store).store.AddValues(source, tree, true));
}
unsigned AddEnvironment(unsigned store, Text source, Text prefix, Text variables) {
  return Answer(store, At(store).store.AddEnvironment(source, prefix, variables));
}
unsigned Variables(unsigned store) { return Answer(store, At(store).store.Variables()); }
unsigned Interpolate(unsigned store, Text variables) {
  return Answer(store, At(store).store.Interpolate(variables));
}
unsigned Tree(unsigned store) { return Answer(store, At(store).store.Tree()); }
unsigned Explain(unsigned store, Text path) { return Answer(store, At(store).store.Explain(path)); }
unsigned Leaves(unsigned store) { return Answer(store, At(store).store.Leaves()); }

}  // namespace

EMSCRIPTEN_BINDINGS(secrets) {
  using emscripten::function;
  function("open", &Open);
  function("close", &Close);
  function("address", &Address);
  function("addToml", &AddToml);
  function("addValues", &AddValues);
  function("addVerbatim", &AddVerbatim);
  function("addEnvironment", &AddEnvironment);
  function("variables", &Variables);
  function("interpolate", &Interpolate);
  function("tree", &Tree);
  function("explain", &Explain);
  function("leaves", &Leaves);
}
