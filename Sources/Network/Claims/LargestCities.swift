import Orbits

extension NamedPlace {
  /// The hundred most populous cities, largest first: name, latitude and longitude in degrees.
  ///
  /// Source: the ground stations of the Hypatia simulator's studies (snkas/hypatia, MIT).
  public static let largestCities = read(
    """
    Tokyo,35.6895,139.692
    Delhi,28.6667,77.2167
    Shanghai,31.2222,121.458
    São Paulo,-23.5475,-46.6361
    Mumbai (Bombay),19.074,72.8808
    Ciudad de México (Mexico City),19.4273,-99.1419
    Beijing,39.9075,116.397
    Kinki M.M.A. (Osaka),34.6758,135.554
    Al Qahirah (Cairo),30.0392,31.2394
    New York Newark,40.717,-74.0037
    Dhaka,23.7104,90.4074
    Karachi,24.9056,67.0822
    Buenos Aires,-34.6051,-58.4004
    Kolkata (Calcutta),22.5335,88.356
    Istanbul,41.0138,28.9497
    Chongqing,29.5628,106.553
    Lagos,6.45306,3.39583
    Manila,14.6042,120.982
    Rio de Janeiro,-22.9028,-43.2075
    Guangzhou Guangdong,23.1255,113.257
    Los Angeles Long Beach Santa Ana,34.0317,-118.242
    Moskva (Moscow),55.755,37.6218
    Kinshasa,-4.32758,15.3136
    Tianjin,39.1088,117.189
    Paris,48.8534,2.3488
    Shenzhen,22.5415,114.063
    Jakarta,-6.21183,106.842
    London,51.5085,-0.12574
    Bangalore,12.9719,77.5937
    Lima,-12.0432,-77.0282
    Chennai (Madras),13.0531,80.2488
    Seoul,37.5683,126.978
    Bogotá,4.60971,-74.0817
    Chukyo M.M.A. (Nagoya),35.1815,136.906
    Johannesburg,-26.2023,28.0436
    Krung Thep (Bangkok),13.722,100.525
    Hyderabad,17.3753,78.4744
    Chicago,41.85,-87.65
    Lahore,31.5497,74.3436
    Tehran,35.6944,51.4215
    Wuhan,30.5833,114.267
    Chengdu,30.6667,104.067
    Dongguan,23.0212,113.741
    Nanjing Jiangsu,32.0482,118.79
    Ahmadabad,23.0333,72.6167
    Hong Kong,22.2796,114.189
    Thành Pho Ho Chí Minh (Ho Chi Minh City),10.75,106.667
    Foshan,23.0228,113.12
    Kuala Lumpur,3.1412,101.687
    Baghdad,33.3406,44.4009
    Santiago,-33.4569,-70.6483
    Hangzhou,30.2936,120.161
    Ar Riyadh (Riyadh),24.6905,46.7096
    Shenyang,41.7922,123.433
    Madrid,40.4165,-3.70256
    Xi'an Shaanxi,34.2894,108.94
    Toronto,43.7001,-79.4163
    Miami,25.7891,-80.204
    Pune (Poona),18.5161,73.8616
    Belo Horizonte,-19.9208,-43.9378
    Dallas Fort Worth,32.7254,-97.3208
    Surat,21.1667,72.8333
    Houston,29.7602,-95.3694
    Singapore,1.28967,103.85
    Philadelphia,39.9523,-75.1638
    Kitakyushu Fukuoka M.M.A.,33.6064,130.418
    Luanda,-8.83682,13.2343
    Suzhou Jiangsu,31.3021,120.585
    Haerbin,45.7563,126.647
    Barcelona,41.3888,2.15899
    Atlanta,33.76,-84.4
    Al Khartum (Khartoum),15.5518,32.5324
    Dar es Salaam,-6.82349,39.2695
    Sankt Peterburg (Saint Petersburg),59.9299,30.3262
    Washington D.C.,38.8951,-77.0364
    Abidjan,5.34534,-4.02679
    Guadalajara,20.6667,-103.333
    Yangon,16.8053,96.1561
    Al Iskandariyah (Alexandria),31.1925,29.9046
    Ankara,39.9199,32.8543
    Kabul,34.5289,69.1725
    Qingdao,36.0986,120.372
    Chittagong,22.3331,91.8364
    Monterrey,25.6667,-100.317
    Sydney,-33.8678,151.207
    Dalian,38.9138,121.602
    Xiamen,24.4798,118.082
    Zhengzhou,34.7578,113.649
    Boston,42.3479,-71.0645
    Melbourne,-37.814,144.963
    Brasília,-15.7797,-47.9297
    Jiddah,21.5169,39.2192
    Phoenix Mesa,33.4495,-112.075
    Ji'nan Shandong,36.6767,116.997
    Montréal,45.5088,-73.5878
    Shantou,23.3681,116.715
    Nairobi,-1.28333,36.8167
    Medellín,6.25184,-75.5636
    Fortaleza,-3.74117,-38.5436
    Kunming,25.0389,102.718
    """)
}
