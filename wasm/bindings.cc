// What JavaScript sees of the secrets. Only declarations: everything is done in src/.
#include <emscripten/bind.h>

#include <string>

#include "secrets/store.h"

using hawser::secrets::SecretStore;

// Errors come as JSON texts, never as C++ exceptions. Strings may also be given as Uint8Array.
EMSCRIPTEN_BINDINGS(secrets) {
  emscripten::class_<SecretStore>("SecretStore")
      .constructor<std::string>()
      .function("addToml(source, text)", &SecretStore::AddToml)
      .function("addJson(source, text)", &SecretStore::AddJson)
      .function("addValues(source, json, verbatim)", &SecretStore::AddValues)
      .function("addEnvironment(source, prefix, json)", &SecretStore::AddEnvironment)
      .function("variables", &SecretStore::Variables)
      .function("interpolate(variables)", &SecretStore::Interpolate)
      .function("tree", &SecretStore::Tree)
      .function("explain(path)", &SecretStore::Explain)
      .function("leaves", &SecretStore::Leaves);
}
