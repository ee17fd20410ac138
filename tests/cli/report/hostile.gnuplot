set terminal svg noenhanced size 900,1260 background '#ffffff'
set encoding utf8
set palette defined (0 '#ffffff', 1 '#ff6464')
set cbrange [0:1]
unset colorbox
set key bottom
set multiplot layout 3,1
set title 'Latency against load'
set xlabel 'traffic beside it (GB/s)'
set ylabel 'latency (ns)'
set xrange [0:2.04]
set yrange [0:106.05]
$curve0 << END
1 90 89.1 90.9
2 100 99 101
END
plot $curve0 using 1:2:3:4 with yerrorlines title 'node:0?; ? id ? from node 0, read'
set title 'Bandwidth by ratio'
set xlabel 'pages on the node that is named (%)'
set ylabel 'bandwidth (GB/s)'
set xrange [0:102]
set yrange [0:2.121]
$curve0 << END
50 2 1.98 2.02
100 1 0.99 1.01
END
plot $curve0 using 1:2:3:4 with yerrorlines title '?id?? ; ?id, 2 threads of node 0, node 0'
set title 'Latency by CPUs and memory'
set xlabel 'memory'
set ylabel 'CPUs of node'
set xrange [-0.5:0.5]
set yrange [0.5:-0.5]
set xtics ('?/pre??b??script?alert(1)?/script????id??(id)?x;' 0)
set ytics ('0' 0)
$map << END
0 0 0.000 "92.0 ns"
END
plot $map using 1:2:(0.5):(0.5):3 with boxxyerror fillstyle solid linecolor palette notitle, $map using 1:2:4 with labels notitle
set xtics autofreq
set ytics autofreq
unset multiplot
