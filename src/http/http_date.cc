#include "http/http_date.h"

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "http/headers.h"

namespace hawser::http {
namespace {

constexpr std::string_view kDays[] = {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
constexpr double kDay = 86'400'000;

// Days from 1970-01-01 to a day of the Gregorian calendar; months count from 1.
// Years begin in March, so that the day that is not always there is the last (Howard Hinnant, "chrono-Compatible
// Low-Level Date Algorithms").
std::int64_t DaysTo(std::int64_t year, int month, int day) {
  if (month <= 2) year--;
  const std::int64_t era = year / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

struct Day {
  int year;
  int month;
  int day;
};

// The reverse, from 1970 on.
Day DayOf(std::int64_t days) {
  days += 719468;
  const std::int64_t era = days / 146097;
  const std::int64_t of_era = days - era * 146097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t shifted = (5 * of_year + 2) / 153;
  const auto month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {static_cast<int>(year + era * 400 + (month <= 2 ? 1 : 0)), month,
          static_cast<int>(of_year - (153 * shifted + 2) / 5 + 1)};
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

  // Letters are compared in lower case.
  bool Skip(std::string_view expected) {
    if (ok_ && rest_.size() >= expected.size() && Lower(rest_.substr(0, expected.size())) == expected) {
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
    const std::string name = Lower(rest_.substr(0, 3));
    const std::size_t at = name.size() == 3 ? kMonths.find(name) : std::string_view::npos;
    ok_ = ok_ && at != std::string_view::npos && at % 3 == 0;
    if (!ok_) return 1;
    rest_.remove_prefix(3);
    return static_cast<int>(at / 3) + 1;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// The year that ends with two digits.
int FullYear(int two, double now) {
  const int current = DayOf(static_cast<std::int64_t>(std::floor(now / kDay))).year;
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
    if (full_name) year = FullYear(year, std::isfinite(now) && now > 0 ? now : 0);
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
  if (!scanner.done() || day < 1 || day > DaysIn(year, month) || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return static_cast<double>(DaysTo(year, month, day)) * kDay + (hour * 3600 + minute * 60 + second) * 1000.0;
}

std::string FormatDate(double time) {
  const auto seconds = static_cast<std::int64_t>(std::floor(time / 1000));
  const std::int64_t days = seconds / 86400;
  const auto second = static_cast<int>(seconds % 86400);
  const Day day = DayOf(days);
  std::string text;
  const auto name = [&](std::string_view letters) {
    text += static_cast<char>(letters[0] - ('a' - 'A'));
    text += letters.substr(1, 2);
  };
  const auto number = [&](int value) {
    text += static_cast<char>('0' + value / 10 % 10);
    text += static_cast<char>('0' + value % 10);
  };
  name(kDays[static_cast<std::size_t>((days + 4) % 7)]);
  text += ", ";
  number(day.day);
  text += ' ';
  name(kMonths.substr(static_cast<std::size_t>(day.month - 1) * 3, 3));
  text += ' ';
  number(day.year / 100);
  number(day.year % 100);
  text += ' ';
  number(second / 3600);
  text += ':';
  number(second / 60 % 60);
  text += ':';
  number(second % 60);
  text += " GMT";
  return text;
}

}  // namespace hawser::http
