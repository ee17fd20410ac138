set terminal svg noenhanced size 900,1680 background '#ffffff'
set encoding utf8
set palette defined (0 '#ffffff', 1 '#ff6464')
set cbrange [0:1]
unset colorbox
set key bottom
set multiplot layout 4,1
set title 'Latency against load'
set xlabel 'traffic beside it (GB/s)'
set ylabel 'latency (ns)'
set xrange [0:175.95]
set yrange [0:576.276]
$curve0 << END
7.5 92.5 91.575 93.425
22.5 93.5 92.565 94.435
37.5 94.7 93.753 95.647
52.5 96.2 95.238 97.162
67.5 98 97.02 98.98
82.5 100.4 99.396 101.404
97.5 103.5 102.465 104.535
112.5 107.9 106.821 108.979
127.5 114.2 113.058 115.342
142.5 124.6 123.354 125.846
157.5 144.2 142.758 145.642
172.5 196.1 194.139 198.061
END
$curve1 << END
1.41667 256.3 253.737 258.863
4.25 259.1 256.509 261.691
7.08333 262.5 259.875 265.125
9.91667 266.6 263.934 269.266
12.75 271.8 269.082 274.518
15.5833 278.3 275.517 281.083
18.4167 287 284.13 289.87
21.25 299 296.01 301.99
24.0833 316.6 313.434 319.766
26.9167 345.3 341.847 348.753
29.75 399.7 395.703 403.697
32.5833 543.4 537.966 548.834
END
plot $curve0 using 1:2:3:4 with yerrorlines title 'node:0 from node 0, read', $curve1 using 1:2:3:4 with yerrorlines title 'node:2 from node 0, read'
set title 'Bandwidth by ratio'
set xlabel 'pages on the node that is named (%)'
set ylabel 'bandwidth (GB/s)'
set xrange [0:102]
set yrange [0:226.947]
$curve0 << END
0 34 33.66 34.34
80 170 168.3 171.7
83.3333 214 211.86 216.14
90 199 197.01 200.99
100 181 179.19 182.81
100 180.5 178.695 182.305
END
plot $curve0 using 1:2:3:4 with yerrorlines title 'read, 2 threads of node 0, node 0'
set title 'Latency by CPUs and memory'
set xlabel 'memory'
set ylabel 'CPUs of node'
set xrange [-0.5:3.5]
set yrange [1.5:-0.5]
set xtics ('node:0' 0, 'node:1' 1, 'node:2' 2, 'node:3' 3)
set ytics ('0' 0, '1' 1)
$map << END
0 0 0.000 "92.0 ns"
1 0 0.234 "148 ns"
2 0 0.682 "255 ns"
3 0 1.000 "331 ns"
0 1 0.230 "147 ns"
1 1 0.004 "93.0 ns"
2 1 0.996 "330 ns"
3 1 0.686 "256 ns"
END
plot $map using 1:2:(0.5):(0.5):3 with boxxyerror fillstyle solid linecolor palette notitle, $map using 1:2:4 with labels notitle
set xtics autofreq
set ytics autofreq
set title 'Reads by CPUs and memory'
set xlabel 'memory'
set ylabel 'CPUs of node'
set xrange [-0.5:3.5]
set yrange [1.5:-0.5]
set xtics ('node:0' 0, 'node:1' 1, 'node:2' 2, 'node:3' 3)
set ytics ('0' 0, '1' 1)
$map << END
0 0 0.000 "181 GB/s"
1 0 0.556 "92.0 GB/s"
2 0 0.919 "34.0 GB/s"
3 0 1.000 "21.0 GB/s"
0 1 0.550 "93.0 GB/s"
1 1 0.006 "180 GB/s"
2 1 0.997 "21.5 GB/s"
3 1 0.919 "34.0 GB/s"
END
plot $map using 1:2:(0.5):(0.5):3 with boxxyerror fillstyle solid linecolor palette notitle, $map using 1:2:4 with labels notitle
set xtics autofreq
set ytics autofreq
unset multiplot
