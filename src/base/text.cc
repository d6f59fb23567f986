#include "base/text.h"

namespace hawser {

std::string Concat(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out.append(part.data(), part.size());
  return out;
}

}  // namespace hawser
