-- Charges one request to every window of its limits, or to none.
--
-- KEYS   one for each window.
-- ARGV   what the request costs; then for each window its kind, how many requests
--        it admits, and its length. The length of a "rate" is in microseconds; that
--        of a "quota" is "day", "week" or "month", or in seconds.
-- Reply  1 where the request was charged, 0 where it was refused; then of each
--        window how many requests were left before, how long until it is renewed as
--        it is now, and how long until it has room, or -1 where it has. Both times
--        are in microseconds.
--
-- Every window is asked before any is written, so a value that is not ours stops the
-- script before it has changed anything. Numbers are doubles: whole up to 2^53, which
-- is the year 2255 in microseconds.

local cost = tonumber(ARGV[1])
local time = redis.call('TIME')
local second = tonumber(time[1])
local now = second * 1000000 + tonumber(time[2])

-- A value is a tag, and then three numbers for each entry.
local function read(key, tag)
  local value = redis.call('GET', key)
  if not value then
    return {}
  end
  local flat = cmsgpack.unpack(value)
  if type(flat) ~= 'table' or flat[1] ~= tag or #flat < 4 or #flat % 3 ~= 1 then
    error('a key of certgate holds something else')
  end
  local entries = {}
  for at = 2, #flat, 3 do
    local entry = {flat[at], flat[at + 1], flat[at + 2]}
    for _, number in ipairs(entry) do
      if type(number) ~= 'number' then
        error('a key of certgate holds something else')
      end
    end
    entries[#entries + 1] = entry
  end
  return entries
end

-- `keep` is how long from now on, in microseconds. The expiry counts from the start
-- of this millisecond, so it is one more.
local function write(key, tag, entries, keep)
  local flat = {tag}
  for _, entry in ipairs(entries) do
    for _, number in ipairs(entry) do
      flat[#flat + 1] = number
    end
  end
  local milliseconds = math.ceil(keep / 1000) + 1
  redis.call('SET', key, cmsgpack.pack(flat), 'PX', string.format('%.0f', milliseconds))
end

-- Rates: a sliding window, in segments of at most a sixteenth of its length. A segment
-- is when it began, how many requests it admitted, and when the last of them. It is
-- forgotten as a whole once that last one is a full window old: no request is
-- forgotten before its time, and none is remembered for a sixteenth too long. They
-- begin at least a sixteenth apart, so at most 17 are kept.

local RATE = 'certgate rate 1'
local BEGAN, COUNT, LAST = 1, 2, 3

-- Where the clock went back behind the newest request, time stood still meanwhile:
-- all move back with it.
local function move_back(segments)
  local newest = segments[#segments]
  local ahead = newest and newest[LAST] - now or 0
  if ahead <= 0 then
    return false
  end
  for _, segment in ipairs(segments) do
    segment[BEGAN] = segment[BEGAN] - ahead
    segment[LAST] = segment[LAST] - ahead
  end
  return true
end

-- How long until so many requests are forgotten that this one fits. Where it never
-- does, a whole window.
local function rate_full_for(segments, used, allowed, per)
  for _, segment in ipairs(segments) do
    used = used - segment[COUNT]
    if used + cost <= allowed then
      return segment[LAST] + per - now
    end
  end
  return per
end

local function ask_rate(key, allowed, length)
  local per = tonumber(length)
  local stored = read(key, RATE)
  local moved = move_back(stored)
  local segments, used = {}, 0
  for _, segment in ipairs(stored) do
    if now - segment[LAST] < per then
      segments[#segments + 1] = segment
      used = used + segment[COUNT]
    end
  end
  local oldest = segments[1] and segments[1][LAST] or now

  local window = {
    moved = moved,
    left = math.max(allowed - used, 0),
    resets_in = oldest + per - now,
    full_for = -1,
  }
  local newest = segments[#segments]
  local joins = newest and (now - newest[BEGAN]) * 16 < per
  if used + cost > allowed then
    window.full_for = rate_full_for(segments, used, allowed, per)
  end
  function window.charge()
    if joins then
      newest[COUNT] = newest[COUNT] + cost
      newest[LAST] = now
    else
      segments[#segments + 1] = {now, cost, now}
    end
    window.resets_in = segments[1][LAST] + per - now
  end
  function window.store()
    write(key, RATE, segments, segments[#segments][LAST] + per - now)
  end
  return window
end

-- Quotas: calendar windows in UTC. A span is the first second of a window, the first
-- after it, and how many requests it admitted. The first span kept is the window that
-- the clock was in last. The others are windows that it left, neighbours together as
-- one span where there are more than four, each as full as the fullest of them.

local QUOTA = 'certgate quota 1'
local STARTS, ENDS, USED = 1, 2, 3
local DAY = 86400
local MONDAY = 4 * DAY -- 1970-01-05
local LEFT = 4

-- The first day of the month of a day, both counted from 1970-01-01, in the
-- Gregorian calendar. Years are counted from March, so that the leap day is the last.
local function first_of_month(day)
  local day_of_era = (day + 719468) % 146097
  local year = math.floor((day_of_era - math.floor(day_of_era / 1460)
    + math.floor(day_of_era / 36524) - math.floor(day_of_era / 146096)) / 365)
  local day_of_year = day_of_era
    - (365 * year + math.floor(year / 4) - math.floor(year / 100))
  local month = math.floor((5 * day_of_year + 2) / 153)
  return day - (day_of_year - math.floor((153 * month + 2) / 5))
end

-- The window of a period that the clock is in.
local function window_of(period)
  if period == 'month' then
    local first = first_of_month(math.floor(second / DAY))
    return {first * DAY, first_of_month(first + 32) * DAY, 0}
  end
  local length, anchor = tonumber(period), 0
  if period == 'day' then
    length = DAY
  elseif period == 'week' then
    length, anchor = 7 * DAY, MONDAY
  end
  local starts = second - (second - anchor) % length
  return {starts, starts + length, 0}
end

local function has(span, moment)
  return span[STARTS] <= moment and moment < span[ENDS]
end

-- Joins the two neighbours with the smallest gap, and only if there are no others
-- those on both sides of the present.
local function join(spans, present)
  table.sort(spans, function(one, other) return one[STARTS] < other[STARTS] end)
  local joined, smallest, over_present
  for at = 1, #spans - 1 do
    local earlier, later = spans[at], spans[at + 1]
    local gap = later[STARTS] - earlier[ENDS]
    local over = earlier[ENDS] <= present and present < later[STARTS]
    if not joined or (over_present and not over) or (over_present == over and gap < smallest) then
      joined, smallest, over_present = at, gap, over
    end
  end
  local earlier, later = spans[joined], table.remove(spans, joined + 1)
  earlier[ENDS] = math.max(earlier[ENDS], later[ENDS])
  earlier[USED] = math.max(earlier[USED], later[USED])
end

-- Remembers a window that the clock is no longer in.
local function leave(left, window, present)
  for _, span in ipairs(left) do
    if has(span, window[STARTS]) then
      span[USED] = math.max(span[USED], window[USED])
      return
    end
  end
  left[#left + 1] = window
  if #left > LEFT then
    join(left, present)
  end
end

local function ask_quota(key, allowed, period)
  local left = read(key, QUOTA)
  local before = table.remove(left, 1)
  local current, moved = before, false
  if not before or not has(before, second) then
    current = window_of(period)
    for _, span in ipairs(left) do
      if has(span, second) then
        current[USED] = math.max(current[USED], span[USED])
      end
    end
    if before then
      -- What the clock goes back from counts in the window that it goes back to.
      moved = second < before[STARTS]
      if moved then
        current[USED] = math.max(current[USED], before[USED])
      end
      leave(left, before, current[STARTS])
    end
  end

  local used = current[USED]
  local resets_in = current[ENDS] * 1000000 - now
  local window = {
    moved = moved,
    left = math.max(allowed - used, 0),
    resets_in = resets_in,
    full_for = used + cost > allowed and resets_in or -1,
  }
  function window.charge()
    current[USED] = used + cost
  end
  -- Kept until every window that is remembered is over, and for one length more: a
  -- clock that is ahead by less than that and is set right finds it again.
  function window.store()
    local spans, ends = {current}, current[ENDS]
    for _, span in ipairs(left) do
      spans[#spans + 1] = span
      ends = math.max(ends, span[ENDS])
    end
    write(key, QUOTA, spans, (ends + current[ENDS] - current[STARTS]) * 1000000 - now)
  end
  return window
end

local windows, admitted = {}, true
for index, key in ipairs(KEYS) do
  local kind, allowed = ARGV[3 * index - 1], tonumber(ARGV[3 * index])
  local ask = kind == 'rate' and ask_rate or ask_quota
  local window = ask(key, allowed, ARGV[3 * index + 1])
  admitted = admitted and window.full_for < 0
  windows[index] = window
end

local reply = {admitted and 1 or 0}
for _, window in ipairs(windows) do
  if admitted then
    window.charge()
  end
  -- A clock that went back is taken over even if the request is refused: what it went
  -- back from counts in one window alone.
  if admitted or window.moved then
    window.store()
  end
  reply[#reply + 1] = window.left
  reply[#reply + 1] = window.resets_in
  reply[#reply + 1] = window.full_for
end
return reply
