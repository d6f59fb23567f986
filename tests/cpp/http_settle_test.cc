#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "http/settle.h"
#include "http/update.h"

namespace hawser::http {
namespace {

using Action = Settlement::Action;

constexpr double kStart = 1'700'000'000'000;
constexpr const char* kDate = "Tue, 14 Nov 2023 22:13:20 GMT";
constexpr double kLater = kStart + 100'000;
constexpr const char* kLaterDate = "Tue, 14 Nov 2023 22:15:00 GMT";

Exchange Stored(Headers response) {
  response.push_back({"date", kDate});
  return {.method = "GET",
          .status = 200,
          .response = std::move(response),
          .request_time = kStart,
          .response_time = kStart,
          .size = 10};
}

Answered Answer(int status, Headers response = {}, const char* method = "GET") {
  return {.request = {.method = method, .now = kLater},
          .status = status,
          .response = std::move(response),
          .request_time = kLater,
          .response_time = kLater};
}

// An answer to a request that went out with conditions about the one stored response.
Answered Validation(int status, Headers response = {}) {
  Answered answered = Answer(status, std::move(response));
  answered.validated = true;
  answered.index = 0;
  return answered;
}

std::string Shown(const Headers& headers) {
  std::string text;
  for (const Header& header : headers) text.append(header.name).append("=").append(header.value).append(" ");
  return text;
}

TEST(Settle, StoresWhatIsStorable) {
  const Settlement stored = Settle(Answer(200, {{"cache-control", "max-age=60"}, {"date", kLaterDate}}), {});
  EXPECT_EQ(stored.action, Action::kStore);
  EXPECT_EQ(Settle(Answer(200, {{"cache-control", "no-store"}}), {}).action, Action::kPass);
  Answered bypass = Answer(200, {{"cache-control", "max-age=60"}});
  bypass.request.mode = CacheMode::kNoStore;
  EXPECT_EQ(Settle(bypass, {}).action, Action::kPass);
}

TEST(Settle, LeavesOutWhatBelongsToTheConnection) {  // 3.1
  const Settlement stored =
      Settle(Answer(200, {{"cache-control", "max-age=60, no-cache=\"x-user, x-secret\""},
                          {"connection", "Close, X-Hop"},
                          {"x-hop", "1"},
                          {"keep-alive", "1"},
                          {"te", "x"},
                          {"transfer-encoding", "chunked"},
                          {"upgrade", "h2c"},
                          {"proxy-authenticate", "x"},
                          {"x-user", "1"},
                          {"x-secret", "1"},
                          {"set-cookie", "a"},
                          {"set-cookie", "b"},
                          {"x-other", "1"}}),
             {});
  EXPECT_EQ(Shown(stored.headers),
            "cache-control=max-age=60, no-cache=\"x-user, x-secret\" set-cookie=a set-cookie=b x-other=1 ");
}

TEST(Settle, ForgetsWhatANewAnswerTakesThePlaceOf) {
  const std::vector<Exchange> stored = {Stored({{"cache-control", "max-age=60"}})};
  EXPECT_EQ(Settle(Answer(200, {{"cache-control", "max-age=60"}}), stored).drops, std::vector<int>{0});
  EXPECT_EQ(Settle(Answer(200, {{"cache-control", "no-store"}}), stored).drops, std::vector<int>{0});
  EXPECT_EQ(Settle(Answer(403), stored).drops, std::vector<int>{0});
  for (const int passing : {206, 408, 416, 425, 429, 500, 503})
    EXPECT_TRUE(Settle(Answer(passing), stored).drops.empty()) << passing;
  Answered no_store = Answer(200, {{"cache-control", "max-age=60"}});
  no_store.request.headers = {{"cache-control", "no-store"}};
  EXPECT_TRUE(Settle(no_store, stored).drops.empty());
  const Exchange other{
      .method = "GET", .request = {{"accept", "a"}}, .status = 200, .response = {{"vary", "accept"}}};
  EXPECT_TRUE(Settle(Answer(200, {{"cache-control", "max-age=60"}}), {other}).drops.empty());
}

TEST(Settle, RenewsByA304) {  // 4.3.4
  const std::vector<Exchange> stored = {Stored({{"cache-control", "max-age=60"},
                                                {"etag", "\"a\""},
                                                {"age", "50"},
                                                {"x", "1"},
                                                {"content-length", "10"},
                                                {"content-encoding", "gzip"}})};
  const Settlement renewed = Settle(Validation(304, {{"etag", "\"a\""},
                                                     {"date", kLaterDate},
                                                     {"cache-control", "max-age=90"},
                                                     {"content-length", "0"},
                                                     {"content-encoding", "br"},
                                                     {"connection", "y"},
                                                     {"y", "1"},
                                                     {"z", "2"}}),
                                    stored);
  ASSERT_EQ(renewed.action, Action::kRenew);
  ASSERT_EQ(renewed.renewals.size(), 1U);
  EXPECT_EQ(Shown(renewed.renewals[0].headers),
            "x=1 content-length=10 content-encoding=gzip etag=\"a\" date=Tue, 14 Nov 2023 22:15:00 GMT "
            "cache-control=max-age=90 z=2 ");
  EXPECT_EQ(Settle(Validation(304), stored).action, Action::kRenew);  // There was but one to renew.
  EXPECT_EQ(Settle(Validation(304, {{"etag", "W/\"a\""}}), stored).action, Action::kRenew);
}

TEST(Settle, AsksAgainWhenA304IsAboutSomethingElse) {
  const std::vector<Exchange> stored = {Stored({{"etag", "\"a\""}, {"last-modified", "x"}})};
  EXPECT_EQ(Settle(Validation(304, {{"etag", "\"b\""}}), stored).action, Action::kAgain);
  EXPECT_EQ(Settle(Validation(304, {{"last-modified", "y"}}), stored).action, Action::kAgain);
  EXPECT_EQ(Settle(Validation(304, {{"last-modified", "x"}}), stored).action, Action::kRenew);
}

TEST(Settle, PassesA304ToWhoAskedForIt) {
  const std::vector<Exchange> stored = {Stored({{"etag", "\"a\""}})};
  Answered own = Answer(304, {{"etag", "\"a\""}, {"cache-control", "max-age=5"}});
  own.index = 0;
  const Settlement known = Settle(own, stored);
  EXPECT_EQ(known.action, Action::kPass);
  ASSERT_EQ(known.renewals.size(), 1U);
  own.response = {{"etag", "\"other\""}};
  EXPECT_TRUE(Settle(own, stored).renewals.empty());
  own.response = {};  // About what the client has, which may be something else.
  EXPECT_TRUE(Settle(own, stored).renewals.empty());
}

TEST(Settle, FallsBackToWhatIsStored) {  // RFC 5861, 4
  const auto action = [](int status, const char* control, Headers request = {}, double otherwise = 0) {
    Answered answered = Validation(status);
    answered.request.headers = std::move(request);
    answered.stale_if_error = otherwise;
    return Settle(answered, {Stored({{"cache-control", control}, {"etag", "\"a\""}})}).action;
  };
  for (const int status : {0, 500, 502, 503, 504})
    EXPECT_EQ(action(status, "max-age=60, stale-if-error=60"), Action::kStale) << status;
  for (const int status : {404, 429, 501})
    EXPECT_NE(action(status, "max-age=60, stale-if-error=60"), Action::kStale) << status;
  EXPECT_EQ(action(503, "max-age=60, stale-if-error=40"), Action::kPass);  // 40 s stale.
  EXPECT_EQ(action(503, "max-age=60, stale-if-error=41"), Action::kStale);
  EXPECT_EQ(action(503, "max-age=60"), Action::kPass);
  EXPECT_EQ(action(503, "max-age=60", {}, 60'000), Action::kStale);
  EXPECT_EQ(action(503, "max-age=60, stale-if-error=0", {}, 60'000), Action::kPass);
  EXPECT_EQ(action(503, "max-age=60", {{"cache-control", "stale-if-error=60"}}), Action::kStale);
  EXPECT_EQ(action(503, "max-age=60, stale-if-error=60", {{"cache-control", "no-cache"}}), Action::kPass);
  EXPECT_EQ(action(503, "max-age=60, stale-if-error=60, must-revalidate"), Action::kPass);
  EXPECT_EQ(action(0, "max-age=60, stale-if-error=60, must-revalidate"), Action::kUnreachable);
  EXPECT_EQ(action(0, "no-cache"), Action::kUnreachable);
  EXPECT_EQ(action(0, "max-age=60"), Action::kPass);
}

TEST(Settle, UpdatesByHead) {  // 4.3.5
  const std::vector<Exchange> stored = {Stored({{"etag", "\"a\""}, {"cache-control", "max-age=60"}})};
  const Settlement same =
      Settle(Answer(200, {{"etag", "\"a\""}, {"cache-control", "max-age=90"}}, "HEAD"), stored);
  EXPECT_EQ(same.action, Action::kPass);
  ASSERT_EQ(same.renewals.size(), 1U);
  const Settlement other = Settle(Answer(200, {{"etag", "\"b\""}}, "HEAD"), stored);
  EXPECT_TRUE(other.renewals.empty());
  EXPECT_EQ(other.drops, std::vector<int>{0});
  EXPECT_TRUE(Settle(Answer(404, {}, "HEAD"), stored).drops.empty());
}

TEST(Settle, Invalidates) {  // 4.4
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "M-SEARCH", "get"}) {
    EXPECT_TRUE(Invalidates(method, 200)) << method;
    EXPECT_TRUE(Invalidates(method, 303)) << method;
    EXPECT_FALSE(Invalidates(method, 404)) << method;
    EXPECT_FALSE(Invalidates(method, 500)) << method;
  }
  for (const char* method : {"GET", "HEAD", "OPTIONS", "TRACE"})
    EXPECT_FALSE(Invalidates(method, 200)) << method;
  const Settlement created =
      Settle(Answer(201, {{"location", "/a"}, {"content-location", "/b"}}, "POST"), {});
  EXPECT_TRUE(created.invalidates);
  EXPECT_EQ(created.locations, (std::vector<std::string_view>{"/a", "/b"}));
}

TEST(Settle, StoresAnAnswerToPostThatSaysWhatGetWouldGive) {
  const Headers fresh = {{"content-location", "/a"}, {"cache-control", "max-age=60"}};
  const Settlement stored = Settle(Answer(200, fresh, "POST"), {});
  EXPECT_EQ(stored.action, Action::kStore);
  EXPECT_EQ(stored.content_location, "/a");
  EXPECT_EQ(Settle(Answer(200, fresh, "PUT"), {}).action, Action::kPass);
  EXPECT_EQ(Settle(Answer(201, fresh, "POST"), {}).action, Action::kPass);
  EXPECT_EQ(Settle(Answer(200, {{"cache-control", "max-age=60"}}, "POST"), {}).action, Action::kPass);
  EXPECT_EQ(Settle(Answer(200, {{"content-location", "/a"}, {"etag", "\"a\""}}, "POST"), {}).action,
            Action::kPass);
}

TEST(Tags, AreComparedStronglyAndWeakly) {  // RFC 9110, 8.8.3.2
  EXPECT_FALSE(SameTag("W/\"1\"", "W/\"1\"", true));
  EXPECT_TRUE(SameTag("W/\"1\"", "W/\"1\"", false));
  EXPECT_FALSE(SameTag("W/\"1\"", "W/\"2\"", false));
  EXPECT_FALSE(SameTag("W/\"1\"", "\"1\"", true));
  EXPECT_TRUE(SameTag("W/\"1\"", "\"1\"", false));
  EXPECT_TRUE(SameTag("\"1\"", "\"1\"", true));
}

}  // namespace
}  // namespace hawser::http
