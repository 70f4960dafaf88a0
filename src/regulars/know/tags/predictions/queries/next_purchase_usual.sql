-- What is usual among those who buy in a category: the days that a unit lasts, and how much of the use
-- that the table says is bought here from one purchase to the next.
SELECT
    count(DISTINCT member_id) AS buyers,
    count(gap) AS intervals,
    median(days_a_unit)::DOUBLE AS days,
    median(pace)::DOUBLE AS pace
FROM placed_purchases($category, $but_not, $need, $day::DATE, 0, $parts);
