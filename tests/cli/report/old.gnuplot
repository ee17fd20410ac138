set terminal svg noenhanced size 900,420 background '#ffffff'
set encoding utf8
set palette defined (0 '#ffffff', 1 '#ff6464')
set cbrange [0:1]
unset colorbox
set key bottom
set multiplot layout 1,1
set title 'Latency by CPUs and memory'
set xlabel 'memory'
set ylabel 'CPUs of node'
set xrange [-0.5:0.5]
set yrange [0.5:-0.5]
set xtics ('node:0' 0)
set ytics ('0' 0)
$map << END
0 0 0.000 "92.0 ns"
END
plot $map using 1:2:(0.5):(0.5):3 with boxxyerror fillstyle solid linecolor palette notitle, $map using 1:2:4 with labels notitle
set xtics autofreq
set ytics autofreq
unset multiplot
