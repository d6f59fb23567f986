// Any bytes, the first of which says what is asked: the answer is one tree.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/answers.h"
#include "http/packed.h"

using namespace hawser::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr decltype(&AnswerRetry) kAnswers[] = {AnswerRetry,     AnswerDate,   AnswerLinks, AnswerCanonical,
                                                 AnswerFreshness, AnswerFields, AnswerPlan,  AnswerSettle};
  const std::string_view request(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (!View::Of(kAnswers[data[0] % 8](request)).exists()) std::abort();
  return 0;
}
