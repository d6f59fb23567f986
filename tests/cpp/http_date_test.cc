#include "http/http_date.h"

#include <gtest/gtest.h>

#include <ctime>
#include <optional>
#include <string>

namespace hawser::http {
namespace {

constexpr double kNow = 1'700'000'000'000;  // 2023-11-14

TEST(HttpDate, ReadsAllThreeFormsOfTheRfc) {
  constexpr double kExample = 784111777000;  // RFC 9110, 5.6.7
  EXPECT_EQ(ParseDate("Sun, 06 Nov 1994 08:49:37 GMT", kNow), kExample);
  EXPECT_EQ(ParseDate("Sunday, 06-Nov-94 08:49:37 GMT", kNow), kExample);
  EXPECT_EQ(ParseDate("Sun Nov  6 08:49:37 1994", kNow), kExample);
}

TEST(HttpDate, TakesLettersInAnyCaseAndSpacesAround) {
  EXPECT_EQ(ParseDate("  sUN, 06 NOV 1994 08:49:37 gmt\t", kNow), 784111777000);
  EXPECT_EQ(ParseDate("SUNDAY, 06-nov-94 08:49:37 Gmt", kNow), 784111777000);
}

struct Case {
  const char* text;
  std::optional<double> time;
};

TEST(HttpDate, KnowsTheCalendar) {
  const Case cases[] = {
      {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
      {"Thu, 29 Feb 2024 23:59:59 GMT", 1709251199000},
      {"Tue, 29 Feb 2000 00:00:00 GMT", 951782400000},
      {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799000},
      {"Mon, 01 Jan 1601 00:00:00 GMT", -11644473600000},
      {"Sat, 31 Dec 2016 23:59:60 GMT", 1483228800000},  // A leap second is the next one.
      {"Wed, 29 Feb 2023 00:00:00 GMT", std::nullopt},
      {"Mon, 29 Feb 1900 00:00:00 GMT", std::nullopt},
      {"Sat, 31 Apr 2022 00:00:00 GMT", std::nullopt},
      {"Sat, 00 Jan 2022 00:00:00 GMT", std::nullopt},
      {"Sat, 01 Jan 2022 24:00:00 GMT", std::nullopt},
      {"Sat, 01 Jan 2022 00:60:00 GMT", std::nullopt},
      {"Sat, 01 Jan 2022 00:00:61 GMT", std::nullopt},
  };
  for (const Case& one : cases) EXPECT_EQ(ParseDate(one.text, kNow), one.time) << one.text;
}

TEST(HttpDate, LeavesWhatIsNoDate) {
  for (const char* text : {
           "",
           "0",
           "-1",
           "now",
           "Sun",
           "Sun, ",
           "Sun, 06 Nov 1994 08:49:37",
           "Sun, 06 Nov 1994 08:49:37 UTC",
           "Sun, 06 Nov 1994 08:49:37 +0000",
           "Sun, 06 Nov 94 08:49:37 GMT",
           "Sun 06 Nov 1994 08:49:37 GMT",
           "Sun, 06  Nov 1994 08:49:37 GMT",
           "Sun, 06-Nov-1994 08:49:37 GMT",
           "Sun, 06 Nov 1994 08.49.37 GMT",
           "Sun, 06 Nov 1994 8:49:37 GMT",
           "Sun, 6 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 1994 08:49:37 GMT GMT",
           "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
           "Foo, 06 Nov 1994 08:49:37 GMT",
           "Sun, 06 Foo 1994 08:49:37 GMT",
           "Sunday, 06-Nov-1994 08:49:37 GMT",
           "Sun, 06-Nov-94 08:49:37 GMT",
           "Sun Nov 6 08:49:37 1994",
           "Sun Nov  6 08:49:37 1994 GMT",
           "1994-11-06T08:49:37Z",
           "Sun, -6 Nov 1994 08:49:37 GMT",
       }) {
    EXPECT_EQ(ParseDate(text, kNow), std::nullopt) << text;
  }
}

// RFC 9110: "MUST interpret a timestamp that appears to be more than 50 years in the future as representing
// the most recent year in the past that had the same last two digits".
TEST(HttpDate, FindsTheCenturyOfTwoDigits) {
  const auto year = [](const char* digits, double now) {
    const auto time = ParseDate(std::string("Monday, 01-Jul-") + digits + " 00:00:00 GMT", now);
    const auto seconds = static_cast<std::time_t>(time.value_or(0) / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    return parts.tm_year + 1900;
  };
  EXPECT_EQ(year("73", kNow), 2073);
  EXPECT_EQ(year("74", kNow), 1974);
  EXPECT_EQ(year("99", kNow), 1999);
  EXPECT_EQ(year("00", kNow), 2000);
  EXPECT_EQ(year("23", kNow), 2023);
  EXPECT_EQ(year("49", 0), 1949);  // In 1970: what is over 50 years ahead is past.
  EXPECT_EQ(year("20", 0), 2020);
  EXPECT_EQ(year("21", 0), 1921);
  EXPECT_EQ(year("50", 4'102'444'800'000), 2150);  // 2100-01-01
  EXPECT_EQ(year("51", 4'102'444'800'000), 2051);
}

TEST(HttpDate, AgreesWithTheSystemOnEveryDayOfCenturies) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (std::time_t day = 0; day < 366 * 400; day++) {
    const std::time_t seconds = day * 86400 + day % 86400;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[80];
    std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[parts.tm_wday],
                  parts.tm_mday, kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min,
                  parts.tm_sec);
    ASSERT_EQ(ParseDate(text, kNow), static_cast<double>(seconds) * 1000) << text;
  }
}

}  // namespace
}  // namespace hawser::http
