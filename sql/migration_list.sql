SELECT number, name FROM decant.migration ORDER BY number;
