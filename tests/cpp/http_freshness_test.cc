// Tables after the sections of RFC 9111, for a private cache. Times are seconds after kStart unless they say
// otherwise.
#include <gtest/gtest.h>

#include <string>

#include "http/freshness.h"

namespace hawser::http {
namespace {

constexpr double kStart = 1'700'000'000'000;  // Tue, 14 Nov 2023 22:13:20 GMT
constexpr const char* kDate = "Tue, 14 Nov 2023 22:13:20 GMT";
constexpr const char* kHourLater = "Tue, 14 Nov 2023 23:13:20 GMT";
constexpr const char* kHourBefore = "Tue, 14 Nov 2023 21:13:20 GMT";

Exchange Response(Headers headers, int status = 200) {
  return {.method = "GET",
          .status = status,
          .response = std::move(headers),
          .request_time = kStart,
          .response_time = kStart};
}

Freshness After(double seconds, Headers headers, int status = 200) {
  return FreshnessOf(Response(std::move(headers), status), kStart + seconds * 1000);
}

TEST(Freshness, CalculatesLifetimes) {  // 4.2.1
  struct Case {
    const char* name;
    Headers headers;
    double seconds;
    bool is_explicit;
  };
  const Case cases[] = {
      {"max-age", {{"cache-control", "max-age=60"}}, 60, true},
      {"any case", {{"cache-control", "MaX-aGe=60"}}, 60, true},
      {"quoted", {{"cache-control", "max-age=\"60\""}}, 60, true},
      {"leading zeros", {{"cache-control", "max-age=0060"}}, 60, true},
      {"an extension beside it", {{"cache-control", "foo=\"max-age=5\", max-age=60, bar"}}, 60, true},
      {"the first of two", {{"cache-control", "max-age=60, max-age=10"}}, 60, true},
      {"over Expires", {{"cache-control", "max-age=60"}, {"expires", kHourLater}, {"date", kDate}}, 60, true},
      {"zero over Expires",
       {{"cache-control", "max-age=0"}, {"expires", kHourLater}, {"date", kDate}},
       0,
       true},
      {"s-maxage is for others", {{"cache-control", "s-maxage=1, max-age=60"}}, 60, true},
      {"very long", {{"cache-control", "max-age=99999999999"}}, 2147483648, true},
      {"negative", {{"cache-control", "max-age=-60"}}, 0, true},
      {"a fraction", {{"cache-control", "max-age=60.5"}}, 0, true},
      {"no number", {{"cache-control", "max-age=60a"}}, 0, true},
      {"no value", {{"cache-control", "max-age"}}, 0, true},
      {"single quotes", {{"cache-control", "max-age='60'"}}, 0, true},
      {"a space before =", {{"cache-control", "max-age =60"}}, 0, true},
      {"a space after =", {{"cache-control", "max-age= 60"}}, 0, true},
      {"Expires", {{"expires", kHourLater}, {"date", kDate}}, 3600, true},
      {"Expires without Date", {{"expires", kHourLater}}, 3600, true},
      {"Expires, and a Date that is none", {{"expires", kHourLater}, {"date", "foo"}}, 3600, true},
      {"Expires before Date", {{"expires", kHourBefore}, {"date", kDate}}, 0, true},
      {"Expires at Date", {{"expires", kDate}, {"date", kDate}}, 0, true},
      {"Expires that is no date", {{"expires", "0"}, {"date", kDate}}, 0, true},
      {"two Expires", {{"expires", "Tue, 14 Nov 2023 23:13:20 GMT, Tue, 14 Nov 2023 23:13:20 GMT"}}, 0, true},
      {"a tenth since Last-Modified", {{"last-modified", kHourBefore}, {"date", kDate}}, 360, false},
      {"a day at most", {{"last-modified", "Tue, 14 Nov 2000 22:13:20 GMT"}, {"date", kDate}}, 86400, false},
      {"modified in the future", {{"last-modified", kHourLater}, {"date", kDate}}, 0, false},
      {"nothing", {}, 0, false},
  };
  for (const Case& one : cases) {
    const Freshness freshness = After(0, one.headers);
    EXPECT_EQ(freshness.lifetime, one.seconds * 1000) << one.name;
    EXPECT_EQ(freshness.explicit_lifetime, one.is_explicit) << one.name;
    EXPECT_EQ(freshness.fresh, one.seconds > 0) << one.name;
  }
}

TEST(Freshness, GuessesForSomeStatusesOnly) {  // 4.2.2
  for (const int status : {200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501}) {
    EXPECT_EQ(After(0, {{"last-modified", kHourBefore}}, status).lifetime, 360'000) << status;
  }
  for (const int status : {201, 202, 302, 303, 307, 400, 403, 500, 502, 503, 504, 599}) {
    EXPECT_EQ(After(0, {{"last-modified", kHourBefore}}, status).lifetime, 0) << status;
    EXPECT_EQ(After(0, {{"last-modified", kHourBefore}, {"cache-control", "public"}}, status).lifetime,
              360'000)
        << status;
  }
}

TEST(Freshness, CalculatesAges) {  // 4.2.3
  EXPECT_EQ(After(10, {{"date", kDate}}).age, 10'000);
  EXPECT_EQ(After(10, {{"date", kHourBefore}}).age, 3'610'000);  // Apparent age.
  EXPECT_EQ(After(10, {{"date", kHourLater}}).age, 10'000);      // The server's clock is fast.
  EXPECT_EQ(After(10, {{"date", kDate}, {"age", "100"}}).age, 110'000);
  EXPECT_EQ(After(10, {{"date", kHourBefore}, {"age", "100"}}).age, 3'610'000);
  EXPECT_EQ(After(-10, {{"date", kDate}}).age, 0);  // This machine's clock was set back.
  Exchange slow = Response({{"date", kDate}, {"age", "100"}});
  slow.request_time = kStart - 5000;
  EXPECT_EQ(FreshnessOf(slow, kStart + 10'000).age, 115'000);
}

TEST(Freshness, ReadsAgeWithCare) {  // 5.1
  const auto age = [](const char* text) { return After(0, {{"date", kDate}, {"age", text}}).age / 1000; };
  EXPECT_EQ(age("7200"), 7200);
  EXPECT_EQ(age("7200, 0"), 7200);
  EXPECT_EQ(age("0, 7200"), 0);
  EXPECT_EQ(age("2147483649"), 2147483648);
  for (const char* text : {"abc", "-7200", "7200.0", "", "7200;foo=bar"}) EXPECT_EQ(age(text), 0) << text;
}

TEST(Freshness, SaysWhatMayBeStored) {  // 3
  const auto storable = [](Headers headers, int status = 200) {
    return After(0, std::move(headers), status).storable;
  };
  EXPECT_TRUE(storable({{"cache-control", "max-age=60"}}));
  EXPECT_TRUE(storable({{"cache-control", "max-age=60, private"}}));
  EXPECT_TRUE(storable({{"etag", "\"a\""}}));
  EXPECT_TRUE(storable({{"last-modified", kHourBefore}}));
  EXPECT_TRUE(storable({{"cache-control", "no-cache"}, {"etag", "\"a\""}}));
  EXPECT_FALSE(storable({}));  // Neither fresh nor to be validated: of no use.
  EXPECT_FALSE(storable({{"cache-control", "no-cache"}}));
  EXPECT_FALSE(storable({{"cache-control", "no-store, max-age=60"}}));
  EXPECT_FALSE(storable({{"cache-control", "No-Store"}, {"etag", "\"a\""}}));
  EXPECT_FALSE(storable({{"cache-control", "max-age=60"}, {"vary", "*"}}));
  EXPECT_FALSE(storable({{"cache-control", "max-age=60"}, {"vary", "Accept, *"}}));
  EXPECT_TRUE(storable({{"cache-control", "max-age=60"}, {"vary", "Accept"}}));
  for (const int status : {200, 299, 301, 404, 499, 500, 503, 599})
    EXPECT_TRUE(storable({{"cache-control", "max-age=60"}}, status)) << status;
  for (const int status : {0, 100, 103, 206, 304, 600, 999})
    EXPECT_FALSE(storable({{"cache-control", "max-age=60"}}, status)) << status;
  EXPECT_FALSE(storable({{"etag", "\"a\""}}, 500));
  EXPECT_TRUE(storable({{"etag", "\"a\""}}, 404));
}

TEST(Freshness, UnderstandsMustUnderstand) {  // 5.2.2.3
  EXPECT_TRUE(After(0, {{"cache-control", "no-store, must-understand, max-age=60"}}, 200).storable);
  EXPECT_FALSE(After(0, {{"cache-control", "no-store, must-understand, max-age=60"}}, 599).storable);
  EXPECT_FALSE(After(0, {{"cache-control", "must-understand, max-age=60"}}, 299).storable);
}

TEST(Freshness, MindsTheRequest) {
  Exchange exchange = Response({{"cache-control", "max-age=60"}});
  exchange.method = "POST";
  EXPECT_FALSE(FreshnessOf(exchange, kStart).storable);
  exchange.method = "GET";
  exchange.request = {{"cache-control", "no-store"}};
  EXPECT_FALSE(FreshnessOf(exchange, kStart).storable);
  exchange.request = {{"range", "bytes=0-1"}};
  EXPECT_TRUE(FreshnessOf(exchange, kStart).storable);  // The server sent all of it.
  exchange.status = 416;
  EXPECT_FALSE(FreshnessOf(exchange, kStart).storable);
  exchange.status = 200;
  exchange.request = {{"authorization", "Bearer x"}};
  EXPECT_TRUE(FreshnessOf(exchange, kStart).storable);  // Private caches may.
}

TEST(Freshness, KnowsTheOtherDirectives) {
  const Freshness freshness = After(
      70,
      {{"cache-control", "max-age=60, stale-while-revalidate=30, stale-if-error=90"}, {"etag", "W/\"a\""}});
  EXPECT_FALSE(freshness.fresh);
  EXPECT_FALSE(freshness.must_revalidate);
  EXPECT_EQ(freshness.stale_while_revalidate, 30'000);
  EXPECT_EQ(freshness.stale_if_error, 90'000);
  EXPECT_EQ(freshness.etag, "W/\"a\"");
  EXPECT_EQ(freshness.last_modified, std::nullopt);
  EXPECT_TRUE(After(0, {{"cache-control", "must-revalidate"}}).must_revalidate);
  EXPECT_FALSE(After(0, {{"cache-control", "proxy-revalidate"}}).must_revalidate);
  EXPECT_TRUE(After(0, {{"cache-control", "no-cache, max-age=9"}}).no_cache);
  EXPECT_FALSE(After(0, {{"cache-control", "no-cache, max-age=9"}}).fresh);
  EXPECT_FALSE(After(0, {{"cache-control", "no-cache=\"set-cookie\", max-age=9"}}).no_cache);
  EXPECT_TRUE(After(0, {{"cache-control", "x=\"no-cache\", max-age=9"}}).fresh);
}

}  // namespace
}  // namespace hawser::http
