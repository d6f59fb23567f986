#include "http/http_date.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "http/headers.h"

namespace hawser::http {
namespace {

constexpr std::string_view kDays[] = {"sunday",   "monday", "tuesday", "wednesday",
                                      "thursday", "friday", "saturday"};
constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
constexpr double kDay = 86'400'000;

// Days from 1970-01-01 to a day of the Gregorian calendar; months count from 1.
// Years begin in March, so that the day that is not always there is the last (Howard Hinnant,
// "chrono-Compatible Low-Level Date Algorithms").
std::int64_t DaysTo(std::int64_t year, int month, int day) {
  if (month <= 2) year--;
  const std::int64_t era = year / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

// The year of a time, from 1970 on.
int YearOf(double time) {
  const auto days = static_cast<std::int64_t>(std::floor(time / kDay));
  auto year = 1970 + days / 366;
  while (DaysTo(year + 1, 1, 1) <= days) year++;
  return static_cast<int>(year);
}

bool IsLeap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int DaysIn(int year, int month) {
  if (month == 2) return IsLeap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Takes the text apart from left to right. After the first thing that is not there, everything fails.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool done() const { return ok_ && rest_.empty(); }
  bool ok() const { return ok_; }

  // Whatever the case of letters.
  bool Skip(std::string_view expected) {
    if (ok_ && rest_.size() >= expected.size() && SameText(rest_.substr(0, expected.size()), expected)) {
      rest_.remove_prefix(expected.size());
      return true;
    }
    return false;
  }
  void Expect(std::string_view expected) { ok_ = Skip(expected); }

  // As many digits. With `space` the first may be one.
  int Digits(int count, bool space = false) {
    int number = 0;
    for (int i = 0; i < count; i++) {
      const char c = rest_.empty() ? 'x' : rest_.front();
      if (!IsDigit(c) && !(space && i == 0 && c == ' ')) ok_ = false;
      if (!ok_) return 0;
      if (IsDigit(c)) number = number * 10 + (c - '0');
      rest_.remove_prefix(1);
    }
    return number;
  }

  int Month() {
    for (int month = 1; ok_ && month <= 12; month++) {
      if (Skip(kMonths.substr(static_cast<std::size_t>(month - 1) * 3, 3))) return month;
    }
    ok_ = false;
    return 1;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// The year that ends with two digits.
int FullYear(int two, double now) {
  const int current = YearOf(now);
  int year = current - current % 100 + two + 100;
  while (year > current + 50) year -= 100;
  return year;
}

}  // namespace

std::optional<double> ParseDate(std::string_view text, double now) {
  Scanner scanner(Trim(text));
  bool full_name = false;
  bool named = false;
  for (const std::string_view day : kDays) {
    full_name = scanner.Skip(day);
    named = full_name || scanner.Skip(day.substr(0, 3));
    if (named) break;
  }
  if (!named) return std::nullopt;
  const bool asctime = !full_name && !scanner.Skip(", ");
  int day = 0;
  int month = 0;
  int year = 0;
  if (asctime) {
    scanner.Expect(" ");
    month = scanner.Month();
    scanner.Expect(" ");
    day = scanner.Digits(2, true);
  } else {
    const std::string_view separator = full_name ? "-" : " ";
    if (full_name) scanner.Expect(", ");
    day = scanner.Digits(2);
    scanner.Expect(separator);
    month = scanner.Month();
    scanner.Expect(separator);
    year = scanner.Digits(full_name ? 2 : 4);
    if (full_name) year = FullYear(year, std::isfinite(now) ? std::clamp(now, 0.0, 8.64e15) : 0);
  }
  scanner.Expect(" ");
  const int hour = scanner.Digits(2);
  scanner.Expect(":");
  const int minute = scanner.Digits(2);
  scanner.Expect(":");
  const int second = scanner.Digits(2);
  scanner.Expect(" ");
  if (asctime) {
    year = scanner.Digits(4);
  } else {
    scanner.Expect("gmt");
  }
  if (!scanner.done() || day < 1 || day > DaysIn(year, month) || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  return static_cast<double>(DaysTo(year, month, day)) * kDay + (hour * 3600 + minute * 60 + second) * 1000.0;
}

}  // namespace hawser::http
