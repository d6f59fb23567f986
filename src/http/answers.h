// The decisions about HTTP with packed trees (base/packed.h) in and out, for wasm/http_exports.cc.
// js/http/core.js describes what goes in and comes out of each; a request that is no tree is answered with an
// empty table.
#pragma once

#include <string>
#include <string_view>

namespace hawser::http {

std::string AnswerRetry(std::string_view request);      // retry.h
std::string AnswerDate(std::string_view request);       // http_date.h, ParseRetryAfter() of retry.h
std::string AnswerLinks(std::string_view request);      // link.h
std::string AnswerCanonical(std::string_view request);  // canonical.h

std::string AnswerFreshness(std::string_view request);  // freshness.h, Conditions() of plan.h
std::string AnswerFields(
    std::string_view request);  // MergedHeaders() of update.h, VaryMatches() of variant.h, Invalidates()
std::string AnswerPlan(std::string_view request);    // plan.h
std::string AnswerSettle(std::string_view request);  // settle.h

}  // namespace hawser::http
